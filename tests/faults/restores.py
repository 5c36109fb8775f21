"""Older copies put in the place of what is: the company file, and our database."""

from pathlib import Path

from qbwc_service.demo.quickbooks import Crash
from tests.faults.keap_acts import nothing_is_lost_any_more, read_all_again
from tests.faults.model import Mark
from tests.faults.scene import Scene, ours_in


def copy_company(scene: Scene) -> bool:
    path = scene.stage.new_copy_path("company")
    scene.stage.human.backup(path)
    return scene.did("company file copied", f"person: company file copied as {path.name}")


def restore_company(scene: Scene) -> bool:
    """What was entered since the copy is gone, also what people did."""
    copies = sorted(scene.stage.folder.glob("company-*"), key=_age)
    if not copies:
        return False
    path = scene.dice.choice(copies[-2:])
    before = {ours.record.guid for ours in ours_in(scene.stage.books(), scene.model)}
    scene.stage.human.restore(path)
    scene.stage.company.crash = Crash()
    books = scene.stage.books()
    there = {ours.record.guid for ours in ours_in(books, scene.model)}
    lost = {owner[0] for guid in before ^ there if (owner := scene.model.owner(guid))}
    txns = {record.txn_id for record in (*books.invoices, *books.payments)}
    for told in scene.model.orders.values():
        told.marks.add(Mark.FILE_RESTORED)
        # What people did since the copy is undone with it.
        told.as_left.clear()
        for row in told.rows:
            if row.typed not in txns:
                row.typed = ""
    for number, txn_id in list(scene.typed_numbers.items()):
        if txn_id not in txns:
            del scene.typed_numbers[number]
    # Copies taken after the one that is open now are of another course of events.
    for copy in copies:
        if _age(copy) > _age(path):
            copy.unlink()
    return scene.did(
        "company file restored", f"person: {path.name} restored; other now: orders {sorted(lost)}"
    )


def copy_database(scene: Scene) -> bool:
    copied = scene.stage.copy_database()
    name = f"copy {len(scene.database_copies) + 1}"
    nothing_is_lost_any_more(scene)
    scene.database_copies.append((copied, name))
    return scene.did("our database copied", f"operator: our database copied: {name}")


def restore_database(scene: Scene) -> bool:
    """Keap is read again from the watermark of the copy on."""
    if not scene.database_copies:
        return False
    copied, name = scene.dice.choice(scene.database_copies[-2:])
    scene.stage.put_back_database(copied)
    nothing_is_lost_any_more(scene)
    scene.over.clear()
    scene.model.mark_all(Mark.DATABASE_RESTORED)
    scene.did("our database restored", f"operator: {name} put back; Keap is read again")
    read_all_again(scene)
    return True


def _age(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
