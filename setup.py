"""Packaging, read from settings.ini (the nbdev 2 generation)."""
import configparser
from pathlib import Path

from setuptools import find_packages, setup

here = Path(__file__).parent
config = configparser.ConfigParser(delimiters=["="], interpolation=None)
config.read(here / "settings.ini", encoding="utf-8")
cfg = config["DEFAULT"]
pythons = ["3.11", "3.12", "3.13"]
extras = {k.removesuffix("_requirements"): v.split() for k, v in cfg.items() if k.endswith("_requirements")}

setup(
    name=cfg["lib_name"],
    version=cfg["version"],
    description=cfg["description"],
    long_description=(here / "README.md").read_text(encoding="utf-8") if (here / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    author=cfg["author"],
    author_email=cfg["author_email"],
    keywords=cfg["keywords"],
    license="MIT",
    license_files=["LICENSE"],
    packages=find_packages(include=["agent_gym", "agent_gym.*"]),
    include_package_data=True,
    python_requires=f">={cfg['min_python']},<3.14",
    install_requires=cfg["requirements"].split(),
    extras_require=extras,
    entry_points={"console_scripts": cfg["console_scripts"].split(), "nbdev": [f"{cfg['lib_path']}={cfg['lib_path']}._modidx:d"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "License :: OSI Approved :: MIT License",
        "Framework :: Jupyter",
        "Typing :: Typed",
        *[f"Programming Language :: Python :: {v}" for v in pythons],
    ],
    zip_safe=False,
)
