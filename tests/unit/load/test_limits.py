"""Files made to hurt are refused with a clear error, early enough that none of these tests takes long."""

from compose.load import context as context_module


def codes(problems):
    return {problem.code for problem in problems}


def test_a_long_chain_of_extends(files):
    services = ", ".join(f"s{i}: {{extends: s{i + 1}}}" for i in range(3000))
    directory = files({"compose.yaml": f"services: {{{services}, s3000: {{image: i}}}}"})
    assert codes(directory.problems()) == {"extends-too-deep"}


def test_a_long_chain_of_includes(files):
    directory = files({f"{i}.yaml": f"include: [{i + 1}.yaml]\nservices: {{}}" for i in range(60)} | {"60.yaml": "services: {}"})
    assert codes(directory.problems(files=("0.yaml",))) == {"include-too-deep"}


def test_a_large_service_that_many_extend(files):
    variables = ", ".join(f"V{i}: 1" for i in range(20000))
    services = ", ".join(f"s{i}: {{extends: base}}" for i in range(5000))
    directory = files({"compose.yaml": f"services: {{base: {{image: i, environment: {{{variables}}}}}, {services}}}"})
    assert codes(directory.problems()) == {"too-many-values"}


def test_a_large_file_included_many_times(files, monkeypatch):
    monkeypatch.setattr(context_module, "MAX_VALUES", 1000)
    directory = files(
        {
            "compose.yaml": "include: ["
            + ", ".join(f"{{path: a.yaml, project_directory: d{i}}}" for i in range(30))
            + "]\nservices: {}",
            "a.yaml": "x-a: [" + "1, " * 60 + "]\nservices: {}",
        }
    )
    assert codes(directory.problems()) == {"too-many-values"}


def test_env_files_whose_values_grow(files):
    lines = ["A0=xxxxxxxxxx"] + [f"A{i}={f'$A{i - 1}' * 10}" for i in range(1, 12)]
    directory = files({"compose.yaml": "services: {}", ".env": "\n".join(lines)})
    (problem,) = directory.problems()
    assert problem.summary.endswith("the value of `A6` is too long")


def test_values_that_grow_by_interpolation(files):
    names = ", ".join("'${A}'" for _ in range(20000))
    directory = files({"compose.yaml": f"x-a: [{names}]\nservices: {{}}"})
    (problem,) = directory.problems(environment={"A": "x" * 10000})
    assert problem.code == "text-too-long"


def test_ranges_of_ports(files):
    services = ", ".join(f"s{i}: {{image: i, ports: ['1-60000:1-60000']}}" for i in range(10))
    assert codes(files({"compose.yaml": f"services: {{{services}}}"}).problems()) == {"too-many-ports"}


def test_many_hosts_of_two_files(files):
    hosts = ", ".join(f"h{i}=10.0.0.1" for i in range(20000))
    text = f"services: {{s: {{image: i, extra_hosts: [{hosts}]}}}}"
    directory = files({"a.yaml": text, "b.yaml": text})
    assert len(directory.project(files=("a.yaml", "b.yaml")).services["s"].extra_hosts) == 20000


def test_huge_numbers(files):
    nines = "9" * 5000
    directory = files({"compose.yaml": f"x-a: {nines}\nservices: {{s: {{image: i, scale: '{nines}'}}}}"})
    assert codes(directory.problems()) == {"bad-cast"}
