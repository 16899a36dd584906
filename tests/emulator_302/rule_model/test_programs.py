"""Programs are worked out within limits, and never run; what is beyond that is said."""

import time

import pytest

from emulator_302.rule_model.programs import MOST_PRINTED, worked_out

TIMEOUT = 5
BEYOND = "it runs no programs"


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("print('Hello,', 2 + 3)", "Hello, 5\n"),
        ("x = 7\nx *= 6\nprint(x, 7 / 2, 7 // 2, 2 ** 10)", "42 3.5 3 1024\n"),
        ("total = 0\nfor n in range(1, 101):\n    total += n\nprint(f'{total:,}')", "5,050\n"),
        ("print(sum([1, 2]), max(3, 4), len('abc'), -5)", "3 4 3 -5\n"),
        ("n = 3\nwhile n > 0:\n    print(n)\n    n -= 1", "3\n2\n1\n"),
        ("import time\ntime.sleep(1)\nif 1 < 2:\n    pass\nprint(f'{1/3:.2f} {2}')", "0.33 2\n"),
        ("print(round(2.675, 1), [1] + [2], 'a' * 3)", "2.7 [1, 2] aaa\n"),
    ],
)
def test_a_small_program_prints_what_python_prints(code, printed):
    ran = worked_out(code, "python", TIMEOUT)
    assert ("".join(ran.stdout), ran.stderr) == (printed, ())


@pytest.mark.parametrize(
    ("language", "code", "printed"),
    [
        ("js", 'console.log("hi");\n\nconsole.log(6 * 7)', "hi\n42\n"),
        ("r", 'print("hi")\nprint(2 + 2)', '[1] "hi"\n[1] 4\n'),
        ("java", 'System.out.println("hi");', "hi\n"),
        ("bash", "echo hello   world\necho '$HOME'", "hello world\n$HOME\n"),
        ("ruby", "print(1)", "1\n"),  # anything else counts as Python
    ],
)
def test_a_line_that_prints_is_read_in_every_language(language, code, printed):
    assert "".join(worked_out(code, language, TIMEOUT).stdout) == printed


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("print(x)", "NameError: name 'x' is not defined"),
        ("'a' + 1", "TypeError: can only concatenate str"),
        ("print(", "SyntaxError: '(' was never closed"),
        ("-" * 3000 + "1", "SyntaxError: too complex"),
    ],
)
def test_an_error_of_the_program_is_what_python_says(code, said):
    assert said in "".join(worked_out(code, "python", TIMEOUT).stderr)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "import os\nos.system('touch made')"),
        ("python", "print(open('/etc/passwd').read())"),
        ("python", "__import__('os')"),
        ("python", "().__class__.__bases__"),
        ("python", "eval('1')"),
        ("python", "print(1, end='')"),
        ("python", "print((-8) ** 0.5)"),
        ("python", "'%d' % 1"),
        ("python", "f'{1!r:>99}'"),
        ("python", "f'{1:>99999999}'"),
        ("python", "for a, b in []:\n    pass"),
        ("python", "a = b = 1"),
        ("python", "sum = 3\nsum([1])"),
        ("python", "1 << 99"),
        ("bash", "rm -rf /"),
        ("bash", "echo $HOME"),
        ("js", "console.log(process.env)"),
    ],
)
def test_what_is_beyond_the_rules_is_not_run_and_says_so(language, code):
    ran = worked_out(code, language, TIMEOUT)
    assert ran.stdout == ()
    assert BEYOND in ran.stderr[0]


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass",
        "for i in range(10_000):\n    for j in range(10_000):\n        pass",
        "import time\ntime.sleep(30)",
        "x = [1] * 9_999\nwhile True:\n    y = x + [1]",
    ],
)
def test_a_program_without_an_end_runs_out_of_time(code):
    ran = worked_out(code, "python", TIMEOUT)
    assert (ran.stderr, ran.seconds) == (("Execution timed out after 5 seconds\n",), TIMEOUT)


@pytest.mark.parametrize(
    "code",
    [
        "print('a' * 10**9)",
        "9 ** 9 ** 9",
        "range(10 ** 30)",
        "x = 10_000 ** 24\nx * x",
        "list(range(100_000))",
        "round(1, -10**9)",
        "s = 'x'\nfor i in range(60):\n    s = s + s",
        "x = 1" + " " * 4_000,
        "while 1:\n    print('a' * 5_000)",
    ],
)
def test_no_program_costs_much_time_or_memory(code):
    begun = time.process_time()
    ran = worked_out(code, "python", TIMEOUT)
    assert time.process_time() - begun < 0.5
    assert ran.stderr
    assert len("".join(ran.stdout)) <= MOST_PRINTED
