"""The beginning of somebody's text, for a line of ours."""


def shortly(text: str, length: int) -> str:
    """On one line, cut at a word where there is one."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut[: cut.rfind(" ")] if cut.rfind(" ") > length // 2 else cut) + "…"
