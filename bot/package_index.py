"""The package index that this machine is told to use, as pip and uv read it, and a file fetched from it.

For bot/install.py, on a Python (3.8 or later) that has nothing installed. Administrations mirror PyPI with
Nexus or Artifactory, behind a password, and often only as pages of HTML.
"""

import base64
import configparser
import html.parser
import json
import netrc
import os
import ssl
import sys
import urllib.parse
import urllib.request
from pathlib import Path

PYPI = "https://pypi.org/simple"
ACCEPTED = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
PAGE_SECONDS, FILE_SECONDS = 60, 180


class Index:
    """An index by its address, which may hold a name and a password."""

    def __init__(self, address):
        """Asks nothing yet."""
        self.address = address.rstrip("/")
        self.is_private = self.address != PYPI
        parts = urllib.parse.urlsplit(self.address)
        # A name in the address, or else what ~/.netrc holds for the host, as pip reads it.
        self._header = _credentials(parts)
        self._host = parts.hostname
        # Without name and password, which no message shows and no request holds in its address.
        self._bare = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        context = ssl.create_default_context(cafile=certificates() or None)
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), _Redirections(self)
        )

    def __str__(self):
        """The address without its password."""
        return self._bare

    def fetch(self, project, beginning):
        """The first file whose name begins so; raises OSError, or LookupError where there is none."""
        page, place, kind = self._read(self._bare + "/" + project + "/", PAGE_SECONDS)
        files = _listed(page.decode("utf-8", "replace"), kind)
        for name, address in files:
            if name.startswith(beginning):
                return self._read(urllib.parse.urljoin(place, address), FILE_SECONDS)[0]
        raise LookupError(f"{self} lists no {beginning}…")

    def authorize(self, request):
        """Adds the credentials where the request goes to the index's own host, and to no other."""
        request.remove_header("Authorization")
        if self._header and urllib.parse.urlsplit(request.full_url).hostname == self._host:
            request.add_unredirected_header("Authorization", self._header)
        return request

    def _read(self, address, seconds):
        request = urllib.request.Request(address, headers={"Accept": ACCEPTED})
        with self._opener.open(self.authorize(request), timeout=seconds) as answer:
            return answer.read(), answer.geturl(), answer.headers.get_content_type()


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Follows a mirror to where it keeps its files, without telling the password there."""

    def __init__(self, index):
        self._index = index

    def redirect_request(self, request, *told):
        following = super().redirect_request(request, *told)
        return following and self._index.authorize(following)


class _Links(html.parser.HTMLParser):
    """The links of a page: of each its words and its address."""

    def __init__(self):
        super().__init__()
        self.found = []
        self._address = None

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self._address = dict(attributes).get("href")

    def handle_data(self, text):
        if self._address and text.strip():
            self.found.append((text.strip(), self._address))
            self._address = None


def configured():
    """The index that stands for PyPI here: uv's variables, then pip's variable, then pip's files."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    told = [os.environ.get(name) for name in names] + [_of_pip("index-url"), _of_pip("index_url")]
    return Index(next(filter(None, told), PYPI))


def certificates():
    """The file of the certificates that pip is told to trust, "" where it is told none."""
    names = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
    file = next(filter(None, [os.environ.get(name) for name in names] + [_of_pip("cert")]), "")
    return file if os.path.isfile(file) else ""


def _of_pip(option):
    """What pip's files say, the user's before the machine's."""
    for file in _pip_files():
        read = configparser.RawConfigParser()
        try:
            read.read(str(file), encoding="utf-8")
        except (configparser.Error, OSError, UnicodeError):
            continue
        for section in ("install", "global"):
            if read.has_option(section, option):
                return read.get(section, option).strip()
    return None


def _pip_files():
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path(os.path.expanduser("~"))
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [user / "pip" / "pip.conf", home / ".pip" / "pip.conf"]
    shared = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf")]
    if sys.platform == "darwin":
        support = Path("Library") / "Application Support" / "pip" / "pip.conf"
        files, shared = [home / support, *files], ["/" / support, *shared]
    return ([Path(named)] if named else []) + files + shared


def _credentials(parts):
    """The header that tells the name and the password, "" where there are none."""
    user, password = parts.username, parts.password
    if user is None:
        try:
            known = netrc.netrc().authenticators(parts.hostname or "")
        except (OSError, netrc.NetrcParseError):
            known = None
        if not known:
            return ""
        user, password = known[0], known[2]
    told = urllib.parse.unquote(user) + ":" + urllib.parse.unquote(password or "")
    return "Basic " + base64.b64encode(told.encode()).decode()


def _listed(page, kind):
    """The files of a project's page, each by its name with its address, whichever form the page has."""
    if kind.endswith("json"):
        return [(file["filename"], file["url"]) for file in json.loads(page)["files"]]
    links = _Links()
    links.feed(page)
    return links.found
