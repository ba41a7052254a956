"""What must hold of answers that a real model gave, read from plumb's own JSON.

  check.py answers SHOWN COUNT MODEL [streamed]   every cell was answered at the first request, by that model (-: by any)
  check.py equal SHOWN SHOWN                      the questions that both have got the same answers, up to blanks at the end
  check.py printed SHOWN TEXT                     the text for people holds every answer
  check.py tokens BOARD                           "IN OUT" of all rows
SHOWN is what `plumb show --format json` printed, BOARD what `plumb leaderboard --format json` did.
"""
import json
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def answers(path):
    """(question, answer) for every cell."""
    return [(question["id"], answer) for question in read(path)["questions"] for answer in question["answers"]]


def require(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


def check_answers(path, count, model, streamed):
    found = answers(path)
    require(len(found) == count, f"{len(found)} cells instead of {count}")
    for question, answer in found:
        require("error" not in answer, f"{question} has no answer: {answer.get('error')}")
        require(answer["attempts"] == 1, f"{question} took {answer['attempts']} requests")
        require(model == "-" or answer["model_answered"] == model, f"{question} was answered by '{answer['model_answered']}'")
        require(answer["stop"] in ("finished", "length"), f"{question} ended with '{answer['stop']}'")
        require(answer.get("outcome") not in (None, "error"), f"{question} has no outcome")
        first = answer.get("first_token_ms")
        if streamed:
            require(first is not None and 0 < first <= answer["latency_ms"], f"{question}: first token at {first} ms")
        else:
            require(first is None, f"{question}: a first token at {first} ms in a reply that came whole")
    require(sum(1 for _, answer in found if answer["answer"]) > count / 2, "most answers are empty")
    require(len({answer["answer"] for _, answer in found}) > count / 2, "most answers are the same")


def check_equal(path, other_path):
    # A reply that ends within a character: whole, the server gives the blank before it; streamed, it keeps that back
    # with the bytes that it lacks.
    other = {question: answer["answer"].rstrip() for question, answer in answers(other_path)}
    both = [(question, answer["answer"].rstrip()) for question, answer in answers(path) if question in other]
    require(both, "no question in common")
    for question, text in both:
        require(text == other[question], f"{question} got two answers:\n  {text!r}\n  {other[question]!r}")


def plain(text):
    """Without the marks around claims, and without the line breaks and indents of the page."""
    return re.sub(r"\[[?-]|[?-]\]|[«»]|\s", "", text)


def check_printed(path, text_path):
    with open(text_path, encoding="utf-8") as file:
        page = plain(file.read())
    for question, answer in answers(path):
        require(plain(answer["answer"]) in page, f"the answer to {question} is not shown: {answer['answer']!r}")


def print_tokens(path):
    rows = read(path)["rows"]
    print(sum(row["tokens"]["in"] for row in rows), sum(row["tokens"]["out"] for row in rows))


def main(task, *arguments):
    if task == "answers":
        check_answers(arguments[0], int(arguments[1]), arguments[2], "streamed" in arguments[3:])
    elif task == "equal":
        check_equal(*arguments)
    elif task == "printed":
        check_printed(*arguments)
    elif task == "tokens":
        print_tokens(*arguments)
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
