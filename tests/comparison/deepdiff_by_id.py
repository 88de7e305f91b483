"""Compares two folders of documents, keyed by kind and id: `python deepdiff_by_id.py before after`."""

import pathlib
import sys

import yaml
from deepdiff import DeepDiff


def load(folder):
    documents = {}
    for path in sorted(pathlib.Path(folder).rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            documents[(document["kind"], document.get("id"))] = document
    return documents


before, after = map(load, sys.argv[1:])
difference = DeepDiff(before, after, ignore_order=True, ignore_numeric_type_changes=True, verbose_level=2)
print(difference.pretty())
