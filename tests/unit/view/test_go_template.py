from __future__ import annotations

import pytest

from compose.base.errors import ComposeError
from compose.view.go_template import Record, Template
from compose.view.template_functions import HEADER_FUNCTIONS, Fields

ROW = Record(
    {
        "Name": "shop-web-1",
        "Service": "web",
        "State": "running",
        "ExitCode": 0,
        "Healthy": True,
        "Ports": ["80/tcp", "443/tcp"],
        "Labels": {"b": "2", "a": "1"},
        "Publishers": [{"URL": "0.0.0.0", "TargetPort": 80}, {"URL": "::", "TargetPort": 80}],
        "Nothing": "",
        "Inner": {"Deep": {"Deeper": "x"}},
        "Structure": Fields(B="b", A=1),
    },
    {"Label": lambda name: {"a": "1"}.get(name, "")},
)


def run(text):
    return Template(text).execute(ROW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{.Name}}", "shop-web-1"),
        ("{{ .Name }}: {{.State}}\n", "shop-web-1: running\n"),
        ("{{.Inner.Deep.Deeper}}", "x"),
        ("{{.Labels.a}}/{{.Labels.none}}", "1/<no value>"),
        ('{{.Label "a"}}', "1"),
        ("{{.ExitCode}} {{.Healthy}}", "0 true"),
        ("{{.Ports}} {{.Labels}}", "[80/tcp 443/tcp] map[a:1 b:2]"),
        ("{{json .Ports}}", '["80/tcp","443/tcp"]'),
        ("{{json .Labels}}", '{"a":"1","b":"2"}'),
        ('{{join .Ports ", "}}', "80/tcp, 443/tcp"),
        ('{{range split "a,b" ","}}<{{.}}>{{end}}', "<a><b>"),
        ("{{upper .Service}} {{lower .Name}} {{title .Service}}", "WEB shop-web-1 Web"),
        ("{{truncate .Name 4}} {{truncate .Service 9}}", "shop web"),
        ("{{pad .Service 1 2}}|{{pad .Nothing 1 1}}|", " web  ||"),
        ("{{println .Service .ExitCode}}", "web 0\n"),
        ('{{print "a" 1 2 "b"}}', "a1 2b"),
        ('{{printf "%-6s|%5s|%03d|%q|%v%%" .Service .State 7 .Service .Ports}}', 'web   |running|007|"web"|[80/tcp 443/tcp]%'),
        ('{{printf "%s"}} {{printf "x" 1}}', "%!s(MISSING) x%!(EXTRA int=1)"),
        ('{{.Name | upper | printf "%s!"}}', "SHOP-WEB-1!"),
        ('{{len .Ports}} {{index .Ports 1}} {{index .Labels "b"}} {{slice .Name 0 4}}', "2 443/tcp 2 shop"),
        ("{{if .Healthy}}up{{end}}", "up"),
        ("{{if .Nothing}}some{{else}}none{{end}}", "none"),
        ('{{if .Nothing}}1{{else if eq .Service "web"}}2{{else}}3{{end}}', "2"),
        ('{{if and .Healthy (eq .State "running")}}ok{{end}}', "ok"),
        ("{{if or .Nothing (not .Healthy)}}bad{{else}}ok{{end}}", "ok"),
        ('{{if eq .State "exited" "running"}}either{{end}}', "either"),
        ("{{if ne .ExitCode 0}}x{{end}}{{if lt .ExitCode 1}}y{{end}}{{if ge .ExitCode 0}}z{{end}}", "yz"),
        ("{{range .Ports}}{{.}};{{end}}", "80/tcp;443/tcp;"),
        ("{{range $i, $p := .Ports}}{{$i}}={{$p}} {{end}}", "0=80/tcp 1=443/tcp "),
        ("{{range $k, $v := .Labels}}{{$k}}={{$v}},{{end}}", "a=1,b=2,"),
        ("{{range .Nothing}}x{{else}}empty{{end}}", "empty"),
        ("{{range .Publishers}}{{.URL}}:{{.TargetPort}} {{$.Service}} {{end}}", "0.0.0.0:80 web :::80 web "),
        ("{{with .Inner.Deep}}{{.Deeper}}{{end}}", "x"),
        ("{{with .Nothing}}x{{else}}y{{end}}", "y"),
        ("{{with $s := .Service}}{{$s}}{{end}}", "web"),
        ("{{$n := .Name}}{{$n}} {{$n = .Service}}{{$n}}", "shop-web-1 web"),
        ("{{$n := 1}}{{range .Ports}}{{$n = 2}}{{end}}{{$n}}", "2"),
        ("a {{- .Service -}} b", "awebb"),
        ("a{{/* {{nothing}} */}}b", "ab"),
        ("{{`raw }} text`}}", "raw }} text"),
        (r'{{"tab\tand \"quotes\""}}', 'tab\tand "quotes"'),
        ("{{(index .Publishers 0).URL}}", "0.0.0.0"),
        ("{{true}} {{nil}} {{1.5}} {{-2}}", "true <no value> 1.5 -2"),
        ('{{html "<a>"}}', "&lt;a&gt;"),
        ("{{range .Ports}}{{.}}{{break}}{{end}}", "80/tcp"),
        ('{{range .Ports}}{{if eq . "80/tcp"}}{{continue}}{{end}}{{.}};{{end}}', "443/tcp;"),
        ("{{range .Ports}}{{range $.Ports}}{{break}}{{end}}{{.}};{{end}}", "80/tcp;443/tcp;"),
        ("{{.Structure}} {{json .Structure}}", '{b 1} {"B":"b","A":1}'),
    ],
)
def test_templates_as_docker_has_them(text, expected):
    assert run(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{{.Nope}}", "can't evaluate field Nope"),
        ("{{.Name.Nope}}", "can't evaluate field Nope in type str"),
        ("{{nope .Name}}", 'function "nope" not defined'),
        ("{{.Name", "unclosed action"),
        ("{{}}", "missing value for command"),
        ("{{.Name | }}", "missing value for command"),
        ("{{if .Name}}x", "unexpected EOF"),
        ("{{end}}", "unexpected {{end}}"),
        ('{{define "x"}}{{end}}', "unexpected {{define}}"),
        ("{{(upper .Name}}", "unclosed left paren"),
        ("{{upper .Name)}}", "unexpected right paren"),
        ("{{$x}}", 'undefined variable "$x"'),
        ("{{upper .ExitCode}}", "error calling upper"),
        ("{{index .Ports 9}}", "error calling index"),
        ("{{eq .Name 1}}", "incompatible types for comparison"),
        ("{{.Name ~ 1}}", "unexpected '~' in action"),
        ('{{.Name "x"}}', "Name has arguments"),
    ],
)
def test_mistakes_are_explained(text, what):
    with pytest.raises(ComposeError) as caught:
        run(text)
    assert str(caught.value).startswith("template parsing error: template: ")
    assert what in str(caught.value)
    assert caught.value.diagnostics[0].code == "bad-template"


def test_a_header_keeps_its_words_whatever_functions_change_a_value():
    template = Template("{{upper .Name}}\t{{truncate .Service 2}}\t{{json .Ports}}", HEADER_FUNCTIONS)
    assert template.execute({"Name": "Name", "Service": "SERVICE", "Ports": "PORTS"}) == "Name\tSERVICE\tPORTS"
