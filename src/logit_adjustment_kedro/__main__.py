"""`python -m logit_adjustment_kedro`: `kedro run` where only the package is."""

from kedro.framework.project import configure_project

if __name__ == "__main__":
    configure_project(__package__)
    from .cli import run

    run(prog_name=f"python -m {__package__}")
