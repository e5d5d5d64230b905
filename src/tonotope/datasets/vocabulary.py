"""Words for columns, parts and times in tables and folders, in English, Spanish and German.

Each list stands here once and nowhere else. Names of columns are compared without case, spaces
and joining marks: `Slice_File Name` is `slicefilename`.
"""

from __future__ import annotations

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
# Start and end of an event, in seconds.
TIME_COLUMNS = (
    *(("starts", "ends"), ("startsec", "endsec"), ("starttime", "endtime"), ("start", "end")),
    *(("begintime(s)", "endtime(s)"), ("begin", "end"), ("onset", "offset"), ("start", "stop")),
    *(("begintime", "endtime"), ("start(s)", "end(s)"), ("startseconds", "endseconds")),
    *(("tstart", "tend"), ("tmin", "tmax"), ("onsets", "offsets"), ("onsettime", "offsettime")),
    *(("inicio", "fin"), ("beginn", "ende"), ("anfang", "ende"), ("von", "bis")),
)

_ROLES: Mapping[str, Iterable[str]] = {
    "file": FILE_COLUMNS,
    "label": LABEL_COLUMNS,
    "group": GROUP_COLUMNS,
    "fold": FOLD_COLUMNS,
    "part": PART_COLUMNS,
    "time": [name for pair in TIME_COLUMNS for name in pair],
}


def part_of(text: str) -> str | None:
    """The part of a split that a word means, or None.

    >>> part_of("Dev"), part_of("Prueba"), part_of("unused")
    ('validation', 'test', None)
    """
    return _PART_OF.get(text.strip().casefold())


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
    return next((role for role, names in _ROLES.items() if name in names), None)
