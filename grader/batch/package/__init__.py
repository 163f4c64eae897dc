"""Packs the grader for services that grade by themselves: Gradescope, GitHub Classroom."""

from grader.batch.package.classroom import classroom_files
from grader.batch.package.gradescope import gradescope_files
from grader.batch.package.parcel import PackedFile, write_folder, write_zip
from grader.batch.package.settings import Settings

__all__ = ["PackedFile", "Settings", "classroom_files", "gradescope_files", "write_folder", "write_zip"]
