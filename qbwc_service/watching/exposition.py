"""The text format of Prometheus (version 0.0.4), written; nothing of it is ever read here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qbwc_service.watching.meanings import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure; the labels as pairs of name and value."""

    metric: Metric
    value: float
    labels: Sequence[tuple[str, str]] = ()


def written(samples: Iterable[Sample]) -> str:
    """All samples, those of one metric together under its meaning, as the format demands."""
    grouped: dict[Metric, list[Sample]] = {metric: [] for metric in Metric}
    for sample in samples:
        grouped[sample.metric].append(sample)
    lines = [line for metric, some in grouped.items() if some for line in _family(metric, some)]
    return "".join(f"{line}\n" for line in lines)


def _family(metric: Metric, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {metric.value} {metric.meaning}"
    yield f"# TYPE {metric.value} {metric.kind}"
    for sample in samples:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels)
        yield f"{metric.value}{{{labels}}} {_number(sample.value)}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return repr(value) if isinstance(value, int) else repr(round(value, 6))
