"""The colours that each theme is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The colours that one theme is made of."""

    name: str
    dark: bool
    background: str
    surface: str
    panel: str
    code_background: str
    cursor: str
    cursor_blurred: str
    selection: str
    border: str
    foreground: str
    faint: str
    accent: str
    title: str
    good: str
    bad: str
    note: str
    code: str
    keyword: str
    string: str
    number: str
    name_of_function: str
    builtin: str
    diff_add: tuple[str, str]
    diff_remove: tuple[str, str]
    plot: tuple[str, str, str, str, str, str]


PALETTES = (
    Palette(
        name="ember",
        dark=True,
        background="#141414",
        surface="#1b1b1b",
        panel="#262626",
        code_background="#262626",
        cursor="#3a3a3a",
        cursor_blurred="#2e2e2e",
        selection="#444444",
        border="#4e4e4e",
        foreground="#e4e2df",
        faint="#adaba8",
        accent="#ff9f5a",
        title="#ffc48c",
        good="#8fd18b",
        bad="#ff9d94",
        note="#f0cc6b",
        code="#f3c99f",
        keyword="#ffa877",
        string="#a9d39a",
        number="#e3c878",
        name_of_function="#9cc9f2",
        builtin="#d9b2f0",
        diff_add=("#b6e8ae", "#12301a"),
        diff_remove=("#ffc2bb", "#40191a"),
        plot=("#ff9f5a", "#7cc3f5", "#8fd18b", "#f0a6d8", "#f0cc6b", "#c3b2ff"),
    ),
    Palette(
        name="fjord",
        dark=True,
        background="#16191d",
        surface="#1d2025",
        panel="#282c32",
        code_background="#282c32",
        cursor="#373c44",
        cursor_blurred="#2d3138",
        selection="#424852",
        border="#4b525c",
        foreground="#dfe3e8",
        faint="#a7aeb8",
        accent="#6fc7e0",
        title="#8fd3f4",
        good="#8bd3a4",
        bad="#ff9ea3",
        note="#ebc97a",
        code="#b9dcea",
        keyword="#c4b1fb",
        string="#9bd4a8",
        number="#ebc08a",
        name_of_function="#7fc9f5",
        builtin="#f2aed0",
        diff_add=("#b4e6c2", "#12301f"),
        diff_remove=("#ffc0c4", "#40191f"),
        plot=("#6fc7e0", "#f2b366", "#9bd48a", "#f2a0c8", "#c4b1fb", "#ebd07a"),
    ),
    Palette(
        name="paper",
        dark=False,
        background="#f3f2f0",
        surface="#fdfcfa",
        panel="#e9e7e3",
        code_background="#edebe7",
        cursor="#e2dfda",
        cursor_blurred="#ebe9e5",
        selection="#cfccc6",
        border="#b9b5ad",
        foreground="#26231f",
        faint="#56524c",
        accent="#8f2d00",
        title="#7c2d08",
        good="#1c5a2a",
        bad="#a01a1a",
        note="#6d4a00",
        code="#7a3312",
        keyword="#9c2f0f",
        string="#24592a",
        number="#6d4a00",
        name_of_function="#124f86",
        builtin="#6b2f8c",
        diff_add=("#12401d", "#d9f2d6"),
        diff_remove=("#7a1010", "#fbdedb"),
        plot=("#9a400a", "#0f5f9c", "#22692f", "#962a72", "#6d4a00", "#5a3fb0"),
    ),
    Palette(
        name="mist",
        dark=False,
        background="#eff1f3",
        surface="#fbfcfd",
        panel="#e3e6e9",
        code_background="#eaecef",
        cursor="#dadde1",
        cursor_blurred="#e6e9ec",
        selection="#c6ccd3",
        border="#aab2bc",
        foreground="#1e2329",
        faint="#4b525b",
        accent="#0b5480",
        title="#0a4568",
        good="#155a39",
        bad="#9c1c31",
        note="#664800",
        code="#114c70",
        keyword="#512da0",
        string="#1a5a38",
        number="#6b4700",
        name_of_function="#0b5480",
        builtin="#8a2461",
        diff_add=("#0f4023", "#d6f0df"),
        diff_remove=("#78101f", "#f9dde0"),
        plot=("#0b6295", "#9a4a0a", "#1d6b3e", "#96286c", "#512da0", "#6b4e00"),
    ),
    Palette(
        name="contrast",
        dark=True,
        background="#000000",
        surface="#000000",
        panel="#121212",
        code_background="#121212",
        cursor="#303030",
        cursor_blurred="#1c1c1c",
        selection="#444444",
        border="#bcbcbc",
        foreground="#ffffff",
        faint="#d0d0d0",
        accent="#ffff5f",
        title="#5fffff",
        good="#87ff87",
        bad="#ffafaf",
        note="#ffd75f",
        code="#ffd7af",
        keyword="#ffaf87",
        string="#afffaf",
        number="#ffd787",
        name_of_function="#87d7ff",
        builtin="#ffafff",
        diff_add=("#afffaf", "#003000"),
        diff_remove=("#ffcfcf", "#480000"),
        plot=("#ffff5f", "#5fffff", "#87ff87", "#ffafff", "#ffd7af", "#ffffff"),
    ),
)
