"""Words for columns and times in tables, in English, Spanish, German and other languages.

Each list stands here once and nowhere else. Names of columns are compared without case, spaces
and joining marks: `Slice_File Name` is `slicefilename`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tonotope.datasets.labels import normalised

# Names of columns, in the order of preference.
FILE_COLUMNS = (
    *("file", "filename", "filepath", "path", "audio", "audiofile", "audiopath", "audiofilename"),
    *("slicefilename", "wav", "wavfile", "wavpath", "fname", "soundfile", "recordingfile"),
    *("beginfile", "archivo", "fichero", "nombredearchivo", "ruta"),
    *("datei", "dateiname", "dateipfad", "audiodatei", "pfad", "infile", "beginpath"),
    *("arquivo", "nomedoarquivo", "fichier", "nomdufichier", "nomefile", "caminho"),
)
# Names of columns that hold files where no other does: their names without an ending.
FILE_IDS = (
    "recordingid",
    "recording",
    "notestr",
    "clipid",
    "audioid",
    "soundid",
    "trackid",
    "ytid",
)
LABEL_COLUMNS = (
    *("label", "labels", "class", "classname", "classlabel", "category", "species", "genre", "tag"),
    *("instrument", "word", "command", "digit", "emotion", "event", "eventlabel", "annotation"),
    *("target", "y", "classid", "labelid"),
    *("etiqueta", "clase", "categoría", "categoria", "especie", "género", "genero", "palabra"),
    *("etikett", "klasse", "kategorie", "spezies", "vogelart", "tierart", "wort"),
    *("espèce", "étiquette", "etiquette", "catégorie", "rótulo", "rotulo", "espécie"),
    *("classe", "etichetta", "manualid", "commonname", "scientificname", "speciescode"),
    *("speciesid", "primarylabel", "scenelabel", "text", "art"),
)
GROUP_COLUMNS = (
    *("group", "groupid", "source", "sourceid", "sourcefile", "srcfile", "src", "fsid"),
    *("freesoundid", "speaker", "speakerid", "artist", "artistid", "patient", "patientid"),
    *("subject", "subjectid", "participant", "participantid", "singer", "performer", "player"),
    *("individual", "user", "userid", "clientid", "recordist", "session", "sessionid"),
    *("recording", "recordingid", "original", "song", "songid", "trackid", "album"),
    *(
        "actor",
        "actorid",
        "person",
        "personid",
        "speakername",
    ),
    *("site", "siteid", "station", "stationid", "location", "locationid", "locality"),
    *("grupo", "fuente", "hablante", "locutor", "artista", "paciente", "sujeto", "sesión"),
    *("sesion", "grabación", "grabacion", "lugar", "sitio", "localidad", "ubicación", "ubicacion"),
    *("individuo", "persona", "estación", "estacion", "cantante", "intérprete", "interprete"),
    *("gruppe", "quelle", "sprecher", "künstler", "kuenstler", "proband", "sitzung", "aufnahme"),
    *("ort", "standort", "aufnahmeort", "fundort", "sprecherin", "sänger"),
    *("groupe", "locuteur", "locutrice", "lieu", "localité", "artiste", "sujet", "séance"),
    *("falante", "local", "sessão", "orador", "parlante", "luogo", "gruppo"),
    *("rec", "loc", "identifier"),  # xeno-canto and DCASE
)
FOLD_COLUMNS = ("fold", "folds", "foldid", "cvfold", "pliegue")
PART_COLUMNS = (
    *("part", "split", "subset", "set", "partition"),
    *("datasplit", "splitname", "traintest", "conjunto", "datensatz"),
    *("parte", "partición", "particion", "teil", "teilmenge", "aufteilung"),
    *("jeu", "partie", "partição", "particao", "divisão", "divisao", "insieme"),
)
# Attributes of a track in mirdata and soundata, by what they tell, in the order of preference.
TRACK_ATTRIBUTES: Mapping[str, Sequence[str]] = {
    "label": (
        *("genre", "class_label", "category", "label", "instrument", "species", "scene_label"),
        *("stroke_name", "style", "tags", "family", "makam", "raaga", "raga", "word"),
    ),
    "group": (
        *("artist", "artist_id", "singer_id", "singer", "performer", "player_id", "drummer"),
        *("musician", "speaker", "src_file", "freesound_id", "identifier", "song_id", "mbid_group"),
        *("work", "location", "city"),
    ),
    "fold": ("fold",),
    "part": ("split", "subset", "data_split"),
}
# Start and end of an event; a unit after the name, such as `(s)` or `_seconds`, is left aside.
TIME_COLUMNS = (
    *(("start", "end"), ("starttime", "endtime"), ("begintime", "endtime"), ("begin", "end")),
    *(("onset", "offset"), ("start", "stop"), ("starttime", "stoptime"), ("tstart", "tend")),
    *(("tmin", "tmax"), ("startoffset", "endoffset"), ("onsettime", "offsettime"), ("t0", "t1")),
    *(("timestart", "timeend"), ("startat", "endat"), ("tbegin", "tend"), ("from", "to")),
    *(("mintime", "maxtime"), ("timemin", "timemax"), ("tstart", "tstop"), ("timein", "timeout")),
    *(("tbeg", "tend"), ("ton", "toff"), ("xmin", "xmax"), ("startpoint", "endpoint")),
    *(("begin", "stop"), ("onset", "end"), ("beg", "end"), ("startsec", "endsec")),
    *(("début", "fin"), ("debut", "fin"), ("inizio", "fine"), ("início", "fim"), ("inicio", "fim")),
    *(("inicio", "fin"), ("inicio", "final"), ("comienzo", "fin"), ("comienzo", "final")),
    *(("tinicio", "tfin"), ("tiempoinicio", "tiempofin"), ("tiempoinicial", "tiempofinal")),
    *(("tiempodeinicio", "tiempodefin"), ("desde", "hasta"), ("tinicial", "tfinal")),
    *(("beginn", "ende"), ("anfang", "ende"), ("start", "ende"), ("von", "bis")),
    *(("startzeit", "endzeit"), ("anfangszeit", "endzeit"), ("startzeitpunkt", "endzeitpunkt")),
)
DURATION_COLUMNS = (
    *("duration", "dur", "length", "len", "tdur", "duración", "duracion", "dauer", "länge"),
    *("laenge", "durée", "duree", "duração", "duracao", "durata", "longitud"),
)
_TIME_NAMES = {*(name for pair in TIME_COLUMNS for name in pair), *DURATION_COLUMNS, "fileoffset"}
_OF_WHAT = re.compile("event|segment|clip|annotation|call|label|interval|region|evento|segmento")
_UNITS = {
    "ms": (
        *("ms", "msec", "msecs", "millis", "millisecond", "milliseconds", "milisegundos"),
        "millisekunden",
    ),
    "samples": ("sample", "samples", "frame", "frames", "muestra", "muestras", "abtastwerte"),
    "min": ("min", "mins", "minute", "minutes", "minutos", "minuten"),
    "s": ("s", "sec", "secs", "second", "seconds", "segundos", "sekunden"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_WITH_UNIT = re.compile(rf"(.*?)[(\[]?({'|'.join(_UNIT_OF)})[)\]]?")

# Pieces of a column's name that make it look like one of these: `is_test`, `validationFold`.
_LOOKS: Mapping[str, Iterable[str]] = {
    "fold": ("fold", "folds", "kfold", "cv", "crossval", "pliegue", "pliegues", "falte"),
    "part": (
        *(
            "split",
            "splits",
            "subset",
            "partition",
            "usage",
            "train",
            "training",
            "test",
            "testing",
        ),
        *("val", "valid", "validation", "holdout", "eval", "evaluation", "traintest", "trainval"),
        *("dataset", "phase", "istrain", "istest", "isval", "isvalid", "isvalidation", "uso"),
        *("prueba", "entrenamiento", "partición", "particion", "aufteilung", "teilmenge"),
    ),
    "group": (
        *(
            "speaker",
            "singer",
            "artist",
            "patient",
            "subject",
            "participant",
            "performer",
            "player",
        ),
        *("individual", "bird", "animal", "recordist", "recorder", "session", "site", "station"),
        *("person", "user", "actor", "song", "group", "source", "hablante", "locutor", "paciente"),
        *(
            "sujeto",
            "sesión",
            "sesion",
            "sitio",
            "lugar",
            "persona",
            "grupo",
            "sprecher",
            "sitzung",
        ),
        *("standort", "proband", "gruppe", "recordist", "client", "locality", "localidad"),
        *("ort", "fundort", "aufnahmeort", "lieu", "locuteur", "falante", "night", "day", "visit"),
        *("noche", "día", "nacht", "nest", "tank"),
    ),
    "time": (
        *("start", "begin", "onset", "offset", "end", "stop", "tmin", "tmax", "inicio", "fin"),
        *("beginn", "anfang", "ende"),
    ),
}

_ROLES: Mapping[str, Iterable[str]] = {
    "file": FILE_COLUMNS,
    "label": LABEL_COLUMNS,
    "group": GROUP_COLUMNS,
    "fold": FOLD_COLUMNS,
    "part": PART_COLUMNS,
}


def bare(column: str) -> str:
    """The name of a column without case, spaces and joining marks.

    >>> bare(" Slice_File Name"), bare("Start (s)")
    ('slicefilename', 'start(s)')
    """
    return normalised(column).replace(" ", "")


def role_of(column: str) -> str | None:
    """What a column of this name usually holds: file, label, group, fold, part or time.

    >>> role_of("Speaker-ID"), role_of("Klasse"), role_of("loudness")
    ('group', 'label', None)
    """
    name = bare(column)
    role = next((role for role, names in _ROLES.items() if name in names), None)
    stem = time_name(column)[0]
    return role or ("time" if stem in _TIME_NAMES and stem not in DURATION_COLUMNS else None)


def looks_like(column: str) -> str | None:
    """What a column looks like by its name or a piece of it: part, fold, group or time.

    >>> [looks_like(name) for name in ("is_test", "validationFold", "Bird ID", "pitch")]
    ['part', 'fold', 'group', None]
    """
    known = role_of(column)
    if known is not None:
        return known if known in _LOOKS else None
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    pieces = re.findall(r"[^\W\d_]+", normalised(apart))
    return next((role for role, words in _LOOKS.items() if any(p in words for p in pieces)), None)


def time_name(column: str) -> tuple[str, str]:
    """The name of a column of times without its unit, and the unit: s, ms, min or samples.

    >>> time_name("Start Time (s)"), time_name("event_onset"), time_name("start_ms")
    (('starttime', 's'), ('onset', 's'), ('start', 'ms'))
    """
    name = re.sub(r"[.:/]", "", bare(column))
    if name not in _TIME_NAMES:
        name = _OF_WHAT.sub("", name, count=1) or name
    if name in _TIME_NAMES:
        return name, "s"
    found = _WITH_UNIT.fullmatch(name)
    if found:
        stem = found.group(1)
        for plain in (stem, stem.removesuffix("in"), stem.removesuffix("en")):
            if plain in _TIME_NAMES:
                return plain, _UNIT_OF[found.group(2)]
    return name, "s"
