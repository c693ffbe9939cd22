"""The command line: `townclerk …`. stdout holds the result and nothing else; what went wrong is one line on stderr."""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import structlog
import typer

from bot import clock, logs
from bot.commands.process import confirmed, do, say, told_in_one_line
from bot.exchange.export import Format
from config.settings import Settings, load

if TYPE_CHECKING:
    from bot.commands.import_report import Outcome

# A command imports what it is made of when it is called: what the others need is no burden to the bot that runs.

DEFAULT_FILE = Path("townclerk.toml")

cli = typer.Typer(
    name="townclerk",
    help="The town clerk of a community that shares open-source tools, on Matrix.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="The settings file; townclerk.toml in this folder if it is there."),
]
AsJson = Annotated[bool, typer.Option("--json", help="The result as one JSON object.")]


def main() -> None:
    """Run a command; exit 0 done, 1 the work failed, 2 wrong usage, 130 stopped by Ctrl-C."""
    with told_in_one_line():
        cli()


def _file(config: Path | None) -> Path | None:
    return DEFAULT_FILE if config is None and DEFAULT_FILE.exists() else config


def _settings(config: Path | None) -> Settings:
    settings, unknown = load(_file(config))
    for name in unknown:
        structlog.get_logger().warning("unknown variable", name=name)
    return settings


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"townclerk {version('townclerk')}")
        raise typer.Exit


@cli.callback()
def _common(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is."),
    ] = False,
) -> None:
    logs.configure(pretty=sys.stderr.isatty())


@cli.command()
def run(config: ConfigFile = None) -> None:
    """Run the bot until it is told to stop."""
    from bot import app

    logs.configure()
    asyncio.run(app.run(_settings(config)))


@cli.command()
def ask(
    text: Annotated[str, typer.Argument(help="What somebody says.")],
    config: ConfigFile = None,
    as_json: AsJson = False,
    overheard: Annotated[bool, typer.Option(help="Not addressed, in a room where the bot listens.")] = False,
    person: Annotated[str, typer.Option("--as", help="The Matrix id of who says it.")] = "",
) -> None:
    """Answer from the register, without a homeserver; changes nothing."""
    from bot.commands.ask import ask as ask_register

    answer = do(ask_register(_settings(config), text, clock.now(), overheard=overheard, person=person))
    if as_json:
        say(json.dumps(answer, ensure_ascii=False))
    elif answer["reply"]:
        say(answer["reply"]["body"])
    else:
        typer.echo(f"({answer['intent']}: no answer from the register)", err=True)


@cli.command(name="import")
def import_(
    sources: Annotated[list[str] | None, typer.Argument(help="Files, folders, https addresses.")] = None,
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option(help="A file with a broken row is not imported at all.")] = False,
    starter: Annotated[bool, typer.Option(help="The starter register that comes with townclerk.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before anything is changed.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the rows to correct here, as CSV to import.")] = None,
) -> None:
    """Bring uses into the register: CSV, publiccode.yml, catalogues; safe to repeat, and beside a running bot."""
    from bot.commands import imports
    from bot.commands.import_report import in_words, told
    from bot.exchange.export_files import expect_writable

    asking = not (yes or as_json or dry_run) and sys.stdin.isatty() and sys.stderr.isatty()
    wanted = imports.Wanted(sources or (), starter, dry_run, strict, asking, report)
    if wanted.fault:
        raise typer.BadParameter(wanted.fault)
    if report:
        expect_writable(report)
    settings, now = _settings(config), clock.now()
    found = do(imports.import_all(settings, wanted, now))
    if as_json:
        say(json.dumps(found.as_json(dry_run=dry_run), ensure_ascii=False, indent=2))
    elif lines := [*told(found, done=not wanted.only_planned, dry_run=dry_run)]:
        say("\n".join(lines))
    if asking and found.added:
        agreed = confirmed("Go on?")
        if agreed:
            do(imports.carry_out(settings, found, now))
        say(f"added {in_words(found.added)}" if agreed else "nothing was changed")
    _end(found, report)


def _end(found: "Outcome", report: Path | None) -> None:
    from bot.commands.import_report import write_corrections

    for line in found.failed:
        typer.echo(f"townclerk: {line}", err=True)
    if report:
        typer.echo(write_corrections(report, found.reports), err=True)
    if found.failed:
        raise typer.Exit(1)


@cli.command()
def export(
    format_: Annotated[Format, typer.Option("--format", help="As a table, the history, or files for others.")],
    config: ConfigFile = None,
    tool: Annotated[str, typer.Option(help="Only what is about this tool.")] = "",
    organisation: Annotated[str, typer.Option(help="Only what is about this organisation.")] = "",
    output: Annotated[Path | None, typer.Option(help="A file, or with --all a folder; else standard output.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="A file for each organisation or tool.")] = False,
) -> None:
    """Write the register, or a part of it, in a format that others read; beside a running bot, too."""
    from bot.commands.exports import Wanted
    from bot.commands.exports import export as export_register

    wanted = Wanted(format_, tool, organisation, everything, output)
    if wanted.fault:
        raise typer.BadParameter(wanted.fault)
    do(export_register(_settings(config), wanted, clock.now()))


@cli.command()
def verify(
    config: ConfigFile = None,
    yes: Annotated[str, typer.Option(metavar="ID|@USER", help="They see the same emoji: confirm.")] = "",
    no: Annotated[str, typer.Option(metavar="ID|@USER", help="They see others: somebody is between you.")] = "",
) -> None:
    """Show who waits to verify the bot by emoji, and say whether they see the same."""
    from bot.commands import verify as verifying

    settings, now = _settings(config), clock.now()
    found = do(verifying.waiting(settings, now))
    if yes or no:
        say(do(verifying.decide(settings, verifying.chosen(found, yes or no), matches=bool(yes))))
        return
    if not found:
        say(verifying.nobody(settings))
    asking = sys.stdin.isatty() and sys.stderr.isatty()
    for one in found:
        say("\n".join(verifying.described(one, now)))
        if asking:
            matches = confirmed("Do they see the same, in the same order?", default=None)
            say(do(verifying.decide(settings, one, matches)))


@cli.command()
def doctor(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option(help="Don't ask the homeserver.")] = False,
) -> None:
    """Say in words what is wrong, or that all is well."""
    from bot.commands.doctor import examine

    findings = do(examine(lambda: _settings(config), _file(config), offline=offline))
    for finding in findings:
        say(f"{'ok' if finding.well else 'WRONG'}: {finding.text}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


@cli.command(name="recovery-key")
def recovery_key(config: ConfigFile = None) -> None:
    """Show the recovery key of the bot's identity, to be kept apart from its machine."""
    from bot.commands.identity import written_recovery_key

    say(do(written_recovery_key(_settings(config))))


@cli.command()
def demo(
    no_input: Annotated[bool, typer.Option("--no-input", help="Play the conversation and end.")] = False,
    script: Annotated[Path | None, typer.Option(help="Play this conversation instead.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its homeserver.")] = Path("demo-community"),
    keep: Annotated[bool, typer.Option(help="Go on with the community of the last demo.")] = False,
) -> None:
    """A whole community on this machine: a real homeserver, real rooms, a conversation to watch and to join."""
    from bot.demo.stage import play  # needs the demo extra: matrix-synapse

    if not asyncio.run(play(folder, script=script, interactive=not no_input and sys.stdin.isatty(), keep=keep)):
        raise typer.Exit(1)
