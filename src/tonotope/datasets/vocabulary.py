"""Words for columns and times in tables, in English, Spanish, German and other languages.

Each list stands here once and nowhere else. Names of columns are compared without case, spaces
and joining marks: `Slice_File Name` is `slicefilename`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tonotope.datasets.labels import normalised
from tonotope.datasets.who_words import says_who

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
# Who or what is heard first, then where and when, then the recording that a sound was cut from.
GROUP_COLUMNS = (
    *("group", "groupid", "speaker", "speakerid", "speakername", "spk", "spkid", "talker"),
    *("talkerid", "artist", "artistid", "patient", "patientid", "subject", "subjectid"),
    *("participant", "participantid", "singer", "singerid", "performer", "performerid", "player"),
    *("playerid", "individual", "individualid", "user", "userid", "clientid", "volunteer"),
    *("actor", "actorid", "person", "personid", "student", "studentid", "child", "childid"),
    *("ringnumber", "bandnumber", "animalid"),
    *("grupo", "hablante", "locutor", "artista", "paciente", "sujeto", "individuo", "persona"),
    *("cantante", "intérprete", "interprete", "voluntario", "participante", "alumno", "alumna"),
    *("estudiante", "gruppe", "sprecher", "sprecherin", "künstler", "kuenstler", "proband"),
    *("probandin", "versuchsperson", "vp", "sänger", "sängerin", "schüler", "groupe", "locuteur"),
    *("locutrice", "artiste", "sujet", "élève", "falante", "orador", "parlante", "gruppo"),
    *("recordist", "author", "observer", "recordedby", "autor", "observador", "grabadopor"),
    *("beobachter", "auteur", "observateur", "osservatore"),
    *("session", "sessionid", "site", "siteid", "station", "stationid", "location", "locationid"),
    *("locality", "sesión", "sesion", "lugar", "sitio", "localidad", "ubicación", "ubicacion"),
    *("estación", "estacion", "sitzung", "ort", "standort", "aufnahmeort", "fundort", "lieu"),
    *("localité", "séance", "local", "sessão", "luogo", "deployment", "deploymentid"),
    *("source", "sourceid", "sourcefile", "srcfile", "src", "fsid", "freesoundid", "recording"),
    *("recordingid", "original", "song", "songid", "trackid", "album", "fuente", "grabación"),
    *("grabacion", "quelle", "aufnahme"),
    *("rec", "loc", "identifier"),  # xeno-canto and DCASE
)
FOLD_COLUMNS = ("fold", "folds", "foldid", "cvfold", "pliegue")
PART_COLUMNS = (
    *("part", "split", "subset", "set", "partition"),
    *("datasplit", "splitname", "traintest", "conjunto", "datensatz"),
    *("parte", "partición", "particion", "teil", "teilmenge", "aufteilung"),
    *("jeu", "partie", "partição", "particao", "divisão", "divisao", "insieme", "partició"),
    *("分割", "データ分割", "划分", "数据集划分", "분할", "выборка"),
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
    *(("inicial", "final"), ("comienza", "termina"), ("empieza", "termina"), ("t1", "t2")),
    *(("commence", "finit"), ("inizia", "finisce"), ("começa", "termina"), ("starts", "ends")),
    *(("beginnt", "endet"), ("starttimestamp", "endtimestamp")),
)
DURATION_COLUMNS = (
    *("duration", "dur", "length", "len", "tdur", "duración", "duracion", "dauer", "länge"),
    *("laenge", "durée", "duree", "duração", "duracao", "durata", "longitud"),
    *("dura", "lasts", "dure", "deltatime", "timespan", "durationtime"),
)
_TIME_NAMES = {*(name for pair in TIME_COLUMNS for name in pair), *DURATION_COLUMNS, "fileoffset"}
_OF_WHAT = re.compile(
    "event|segment|clip|annotation|call|label|interval|region|evento|segmento|window|chunk|snippet"
    "|selection|ventana|fenster|ausschnitt|fenêtre|extrait"
)
_TIME_WORD = re.compile(r"^(?:temps|tiempo|zeit|tempo|time)(?:de|du|of)?|(?:temps|tiempo|zeit)$")
_UNITS = {
    "ms": (
        *("ms", "msec", "msecs", "millis", "millisecond", "milliseconds", "milisegundos"),
        *("millisekunden", "msek", "mseg", "milisegundo", "millisekunde", "millisecondes"),
    ),
    "samples": ("sample", "samples", "frame", "frames", "muestra", "muestras", "abtastwerte"),
    "min": ("min", "mins", "minute", "minutes", "minutos", "minuten", "minuto", "minuti"),
    "clock": ("hhmmssms", "hhmmss", "hmmss", "mmss", "hhmmssmsec", "hhmmssmmm"),  # ELAN
    "s": (
        *("s", "sec", "secs", "second", "seconds", "segundos", "sekunden", "sek", "seg", "segs"),
        *("segundo", "sekunde", "secondes", "seconde", "secondi", "ssmsec"),
    ),
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
        *("noche", "día", "nacht", "nest", "tank", "date", "fecha", "datum", "recorded", "device"),
        *("audiomoth", "logger", "deployment", "plot", "transect", "village", "pueblo", "dorf"),
        *("observer", "author", "spk", "talker", "student", "alumno", "child", "oiseau", "tier"),
        *("ave", "pájaro", "vogel", "gerät", "dispositivo", "grabadora"),
    ),
    "time": (
        *("start", "begin", "onset", "offset", "end", "stop", "tmin", "tmax", "inicio", "fin"),
        *("beginn", "anfang", "ende"),
    ),
}

# Pieces of a column's name that say how somebody or something is, not who: `speaker_gender`.
_ATTRIBUTES = frozenset(
    (
        *("gender", "sex", "age", "accent", "dialect", "language", "lang", "native", "nationality"),
        *("country", "ethnicity", "height", "weight", "education", "role", "type", "kind"),
        *("quality", "rating", "score", "license", "licence", "count", "total", "comment", "notes"),
        *("status", "mood", "emotion", "diagnosis", "distance", "rate", "samplerate", "channels"),
        *("bits", "format", "year", "size", "index", "confidence", "género", "genero", "sexo"),
        *("edad", "acento", "idioma", "lengua", "país", "pais", "calidad", "tipo", "licencia"),
        *("geschlecht", "alter", "sprache", "dialekt", "land", "qualität", "typ", "lizenz", "sexe"),
        *("âge", "langue", "pays", "qualité", "genre", "intensity", "level", "temperature", "snr"),
    )
)

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
    role = role or ("group" if says_who(name) else None)
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
    pieces = _pieces(column)
    found = next((role for role, words in _LOOKS.items() if any(p in words for p in pieces)), None)
    return None if found == "group" and is_attribute(column) else found


def is_attribute(column: str) -> bool:
    """Whether a column says by its name how somebody or something is, not who: `speaker_gender`.

    >>> is_attribute("speaker_gender"), is_attribute("Speaker ID")
    (True, False)
    """
    return not _ATTRIBUTES.isdisjoint(_pieces(column))


def _pieces(name: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+", f"{normalised(apart)} {normalised(name)}")


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
    ways = [(name, "s")]
    if found := _WITH_UNIT.fullmatch(name):
        ways.append((found[1], _UNIT_OF[found[2]]))
    for stem, unit in ways:
        without_time = _TIME_WORD.sub("", stem, count=1)  # Temps début, Zeit von
        for plain in (stem, stem.removesuffix("in"), stem.removesuffix("en"), without_time):
            if plain in _TIME_NAMES:
                return plain, unit
    return name, "s"


def unit_named(word: str) -> str | None:
    """The unit of time that a word means: s, ms, min or samples; None where it means none.

    >>> unit_named("Sek"), unit_named("msec"), unit_named("Hz")
    ('s', 'ms', None)
    """
    return _UNIT_OF.get(word.casefold())
