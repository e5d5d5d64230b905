"""Words for columns, parts and times in tables and folders, in English, Spanish and German.

Each list stands here once and nowhere else. Names of columns are compared without case, spaces
and joining marks: `Slice_File Name` is `slicefilename`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tonotope.datasets.labels import normalised

PARTS = ("train", "validation", "test")

_PART_WORDS: Mapping[str, Sequence[str]] = {
    "train": ("train", "training", "entrenamiento", "trainieren"),
    "validation": (
        *("validation", "valid", "val", "dev", "development"),
        *("validación", "validacion", "validierung"),
    ),
    "test": ("test", "testing", "prueba", "prüfung", "pruefung"),
}
_PART_OF = {word: part for part, words in _PART_WORDS.items() for word in words}

_EVALUATION = {"eval", "evaluation", "evaluación", "evaluacion", "holdout", "auswertung"}
_DEVELOPMENT = {"dev", "development"}
_UNUSED = {"unused", "ignore", "ignored", "exclude", "excluded", "skip", "discard", "extra"} | {
    *("ignorar", "excluido", "ignorieren", "unbenutzt"),
}
UNUSED = "unused"

# Names of columns, in the order of preference.
FILE_COLUMNS = (
    *("file", "filename", "filepath", "path", "audio", "audiofile", "audiopath", "audiofilename"),
    *("slicefilename", "wav", "wavfile", "wavpath", "fname", "soundfile", "recordingfile"),
    *("beginfile", "archivo", "fichero", "nombredearchivo", "ruta"),
    *("datei", "dateiname", "dateipfad", "audiodatei", "pfad"),
)
LABEL_COLUMNS = (
    *("label", "labels", "class", "classname", "classlabel", "category", "species", "genre", "tag"),
    *("instrument", "word", "command", "digit", "emotion", "event", "eventlabel", "annotation"),
    *("target", "y", "classid", "labelid"),
    *("etiqueta", "clase", "categoría", "categoria", "especie", "género", "genero", "palabra"),
    *("etikett", "klasse", "kategorie", "spezies", "vogelart", "tierart", "wort"),
)
GROUP_COLUMNS = (
    *("group", "groupid", "source", "sourceid", "sourcefile", "srcfile", "src", "fsid"),
    *("freesoundid", "speaker", "speakerid", "artist", "artistid", "patient", "patientid"),
    *("subject", "subjectid", "participant", "participantid", "singer", "performer", "player"),
    *("individual", "user", "userid", "recordist", "session", "sessionid", "recording"),
    *("recordingid", "original", "song", "songid", "trackid", "album", "site", "location"),
    *("grupo", "fuente", "hablante", "locutor", "artista", "paciente", "sujeto", "sesión"),
    *("sesion", "grabación", "grabacion", "lugar", "sitio"),
    *("gruppe", "quelle", "sprecher", "künstler", "kuenstler", "proband", "sitzung", "aufnahme"),
    *("ort", "standort"),
)
FOLD_COLUMNS = ("fold", "folds", "foldid", "cvfold", "pliegue")
PART_COLUMNS = (
    *("part", "split", "subset", "set", "partition"),
    *("parte", "partición", "particion", "conjunto", "teil", "teilmenge", "aufteilung"),
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
    *(("inicio", "fin"), ("inicio", "final"), ("comienzo", "fin"), ("comienzo", "final")),
    *(("tinicio", "tfin"), ("tiempoinicio", "tiempofin"), ("tiempoinicial", "tiempofinal")),
    *(("tiempodeinicio", "tiempodefin"), ("desde", "hasta"), ("tinicial", "tfinal")),
    *(("beginn", "ende"), ("anfang", "ende"), ("start", "ende"), ("von", "bis")),
    *(("startzeit", "endzeit"), ("anfangszeit", "endzeit"), ("startzeitpunkt", "endzeitpunkt")),
)
DURATION_COLUMNS = (
    *("duration", "dur", "length", "duración", "duracion", "dauer", "länge", "laenge"),
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
        *("standort", "proband", "gruppe"),
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


def part_of(text: str) -> str | None:
    """The part of a split that a word means, or None.

    >>> part_of("Dev"), part_of("Prueba"), part_of("unused")
    ('validation', 'test', None)
    """
    return _PART_OF.get(text.strip().casefold())


def parts_of(words: Iterable[str]) -> dict[str, str]:
    """The part that each word of a column means, or `unused`; words that mean none are absent.

    `evaluation` is the test part where there is no other, else validation; `development` beside
    it trains where nothing else does.

    >>> parts_of(["development", "evaluation"])
    {'development': 'train', 'evaluation': 'test'}
    """
    plain = {word: word.strip().casefold() for word in words}
    known = {_PART_OF.get(text) for text in plain.values() if text not in _DEVELOPMENT}
    found: dict[str, str] = {}
    for word, text in plain.items():
        if text in _UNUSED:
            found[word] = UNUSED
        elif text in _EVALUATION and not {"test", "validation"} <= known:
            found[word] = "validation" if "test" in known else "test"
        elif text in _DEVELOPMENT and "train" not in known:
            found[word] = "train"
        elif text in _PART_OF:
            found[word] = _PART_OF[text]
    return found


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
