"""What the page Settings shows: every setting with its value, its choices, and who changed it
last. A constant number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.admin.setting_words import (
    SETTING_THEME,
    setting_choice,
    setting_label,
)
from qbwc_service.ledger.audit import SettingChange, last_setting_changes
from qbwc_service.ledger.chosen_slice import entry_of, lists_read
from qbwc_service.ledger.models import Connection, MirrorRecord
from qbwc_service.ledger.plan_orders import effective_settings
from qbwc_service.matching.company import ListEntry
from qbwc_service.matching.keys import name_key
from qbwc_service.settings import LIST_SETTINGS, THEMES, Setting, refused_choices

#: the option that stands for what is chosen and gone: it is left as it is
KEEP = "\N{BULLET} keep"
_MOST_ENTRIES = 5000


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting with the value in force as text; `text` is what its field holds ("" = default).

    `options`: the entries of its QuickBooks list; None where it names none or the list was not
    read yet. `missing`: what is chosen and not among them.
    """

    setting: Setting
    text: str
    in_force: str
    problem: str = ""
    is_changed: bool = False
    options: tuple[str, ...] | None = None
    missing: str = ""
    last_change: SettingChange | None = None

    @property
    def chosen(self) -> str:
        """The choice in force, or that was typed."""
        return self.text or str(self.setting.default)

    @property
    def sent(self) -> str:
        """What the field sends while nobody touches it."""
        if self.missing:
            return KEEP
        is_default = self.setting.choices and self.chosen == self.setting.default
        return "" if is_default else self.text

    @property
    def is_yes_or_no(self) -> bool:
        return set(self.setting.choices) == {"yes", "no"}

    @property
    def refused(self) -> Mapping[str, str]:
        """Choices that people look for and that cannot be had, with the reasons."""
        return refused_choices(self.setting.name)


@dataclass(frozen=True, slots=True)
class Search:
    """What to show: settings with all these words, or only those that were changed."""

    text: str = ""
    only_changed: bool = False

    def finds(self, line: SettingLine, theme: str) -> bool:
        if self.only_changed and not line.is_changed:
            return False
        setting = line.setting
        choices = (setting_choice(choice, setting.name) for choice in setting.choices)
        about = (setting.name, setting_label(setting.name), setting.meaning, line.text)
        heap = " ".join((*about, SETTING_THEME[theme], *choices)).casefold()
        return all(word in heap for word in self.text.casefold().split())


def setting_lines(
    db: Session,
    connection: Connection,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> dict[str, list[SettingLine]]:
    """All settings, by theme. `typed` and `problems`: of a form that could not be saved."""
    effective = effective_settings(connection)
    entries = _entries(db, connection.id)
    read = lists_read(db, connection.id)
    changes = last_setting_changes(db, connection.id)

    def line(setting: Setting) -> SettingLine:
        name = setting.name
        text = (typed or {}).get(name, str(connection.settings.get(name, "")))
        options, chosen, missing = _from_list(setting, text, entries, read)
        return SettingLine(
            setting,
            chosen,
            str(getattr(effective, name)),
            (problems or {}).get(name, ""),
            name in connection.settings and setting.default is not None,
            options,
            missing,
            changes.get(name),
        )

    return {theme: [line(setting) for setting in settings] for theme, settings in THEMES.items()}


def found_lines(
    lines: Mapping[str, Sequence[SettingLine]], search: Search
) -> dict[str, list[SettingLine]]:
    """Those that the search finds, and those that could not be saved."""
    found = {
        theme: [line for line in of_theme if line.problem or search.finds(line, theme)]
        for theme, of_theme in lines.items()
    }
    return {theme: of_theme for theme, of_theme in found.items() if of_theme}


def field_value(connection: Connection, setting: Setting) -> str:
    """What the field of this setting sends while nobody touches it, as the page would show it."""
    text = str(connection.settings.get(setting.name, ""))
    return SettingLine(setting, text, "").sent


def _from_list(
    setting: Setting,
    text: str,
    entries: Mapping[str, Iterable[ListEntry]],
    read: Collection[str],
) -> tuple[tuple[str, ...] | None, str, str]:
    """The options, the chosen one as QuickBooks writes it, and what is chosen and gone."""
    if setting.list_name not in read:
        return None, text, ""
    fitting = [
        entry.full_name
        for entry in entries[setting.list_name]
        if not setting.entry_kinds or not entry.kind or entry.kind in setting.entry_kinds
    ]
    now = {name_key(name): name for name in fitting}.get(name_key(text), "") if text else ""
    return tuple(dict.fromkeys(fitting)), now, text if text and not now else ""


def _entries(db: Session, connection_id: int) -> dict[str, list[ListEntry]]:
    """The active entries of the lists that settings name entries of, by name."""
    names = sorted({setting.list_name for setting in LIST_SETTINGS})
    entries: dict[str, list[ListEntry]] = {name: [] for name in names}
    rows = db.scalars(
        select(MirrorRecord)
        .where(
            MirrorRecord.connection_id == connection_id,
            MirrorRecord.list_name.in_(names),
            MirrorRecord.is_active,
        )
        .order_by(MirrorRecord.full_name_key, MirrorRecord.list_id)
        .limit(_MOST_ENTRIES)
    )
    for row in rows:
        entries[row.list_name].append(entry_of(row))
    return entries
