#!/usr/bin/env python3
"""What a package of this workspace is made of, from the lock file, as a CycloneDX 1.5 bill of materials.

    scripts/sbom.py PACKAGE > sbom.json     # of `truce` (the binary) or `truce-python` (the wheel)
    scripts/sbom.py --check                 # licences, sources and bans of the whole workspace against deny.toml

The same lock file gives the same bytes: no clock, no random serial number. It asks `cargo metadata` and nothing else.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def metadata():
    words = ["cargo", "metadata", "--locked", "--format-version", "1"]
    return json.loads(subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def built_into(found, name):
    """The packages that are built into one, itself first: normal dependencies on any platform."""
    nodes = {node["id"]: node for node in found["resolve"]["nodes"]}
    start = [p["id"] for p in found["packages"] if p["name"] == name and p["source"] is None]
    if not start:
        sys.exit(f"no package `{name}` in the workspace")
    seen, open_ends = [], start
    while open_ends:
        at = open_ends.pop(0)
        if at in seen:
            continue
        seen.append(at)
        for dependency in nodes[at]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                open_ends.append(dependency["pkg"])
    return seen, nodes


def checksums():
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    return {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}


def expression(package):
    """The licence as SPDX writes it: old manifests have a slash for `OR`."""
    return re.sub(r"\s*/\s*", " OR ", package["license"] or "")


def bill(name):
    found = metadata()
    ids, nodes = built_into(found, name)
    packages, sums = {p["id"]: p for p in found["packages"]}, checksums()

    def reference(at):
        return f"pkg:cargo/{packages[at]['name']}@{packages[at]['version']}"

    def component(at):
        package = packages[at]
        kind = "application" if at == ids[0] else "library"
        told = {"type": kind, "bom-ref": reference(at), "name": package["name"],
                "version": package["version"], "purl": reference(at)}
        if package["license"]:
            told["licenses"] = [{"expression": expression(package)}]
        checksum = sums.get((package["name"], package["version"]))
        if checksum:
            told["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        return told

    rest = sorted(ids[1:], key=reference)
    inside = set(ids)
    depends = [{"ref": reference(at), "dependsOn": sorted(
        {reference(d["pkg"]) for d in nodes[at]["deps"] if d["pkg"] in inside})} for at in [ids[0], *rest]]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": component(ids[0])},
            "components": [component(at) for at in rest], "dependencies": depends}


def allows(text, allowed):
    """Whether a licence expression can be met with what is allowed. `WITH` binds closest, then `AND`, then `OR`."""
    words = re.findall(r"\(|\)|[^\s()]+", text)
    at = 0

    def one():
        nonlocal at
        if words[at] == "(":
            at += 1
            met = either()
            at += 1
            return met
        name = words[at]
        at += 1
        if at < len(words) and words[at] == "WITH":
            name, at = f"{name} WITH {words[at + 1]}", at + 2
        return name in allowed

    def both():
        nonlocal at
        met = one()
        while at < len(words) and words[at] == "AND":
            at += 1
            other = one()
            met = met and other
        return met

    def either():
        nonlocal at
        met = both()
        while at < len(words) and words[at] == "OR":
            at += 1
            other = both()
            met = met or other
        return met

    return bool(words) and either()


def check():
    """The findings, one a line."""
    rules = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))
    allowed = set(rules["licenses"]["allow"])
    banned = {ban["name"] for ban in rules["bans"]["deny"]}
    findings, packages = [], metadata()["packages"]
    for package in packages:
        place = f"{package['name']} {package['version']}"
        if not allows(expression(package), allowed):
            findings.append(f"{place}: the licence `{package['license']}` is not among those of deny.toml")
        if package["source"] and not package["source"].startswith("registry+"):
            findings.append(f"{place}: comes from {package['source']}, which is no registry")
        if package["name"] in banned:
            findings.append(f"{place}: is banned by deny.toml")
    return findings, len(packages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("package", nargs="?")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    if given.check:
        findings, count = check()
        print("\n".join([*findings, f"{count} packages, {len(findings)} findings"]))
        sys.exit(bool(findings))
    if not given.package:
        parser.error("name a package: truce, truce-python")
    print(json.dumps(bill(given.package), indent=1))


main()
