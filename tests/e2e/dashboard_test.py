"""The page in a real browser against a real daemon with ten thousand trials."""
import csv
import glob
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.abspath("clients/python"))
sys.path.insert(0, os.path.abspath("tests/e2e"))

import picost  # noqa: E402
from daemon_test import PICOSTD, Daemon, run  # noqa: E402
from picost._wire import deployment_pb2, studies_pb2  # noqa: E402
from picost.edits import keep  # noqa: E402
from picost.shapes import linear, relu, shapes  # noqa: E402

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    webdriver = None

CHROMIUM = shutil.which("chromium", path="/usr/bin:/bin")
DRIVER = shutil.which("chromedriver", path="/usr/bin:/bin")
MODEL = "data/models/minionn_cifar.onnx"
WHERE = dict(protocol="cheetah", deployment="wan")
TRIALS = 10000
# Other programs share the machine of a test: times are printed, and held to the promise where
# asked for: bazel test //tests/e2e:dashboard_test --config=opt --test_env=PICOST_TIMES=1.
TIMES = bool(os.environ.get("PICOST_TIMES"))
HOSTILE = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>'\"--"
FOCUSABLE = "a[href], button, select, input, canvas[tabindex], [tabindex='0']"


def pictures():
    folder = os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR") or tempfile.gettempdir()
    os.makedirs(folder, exist_ok=True)
    return folder


def open_browser(folder):
    """Chromium without a window; what it saves goes into the folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1280,1500", "--user-data-dir=" + os.path.join(folder, "profile")):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Service(DRIVER), options=options)
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})
    return browser


needs_browser = unittest.skipUnless(webdriver and CHROMIUM and DRIVER,
                                    "Debian's chromium, chromium-driver or python3-selenium is not installed")


@needs_browser
class TokenTest(unittest.TestCase):
    """The page needs the same token as the API."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        made = subprocess.run([PICOSTD, "--new_token"], capture_output=True, text=True, check=True).stdout
        cls.token = re.search(r"once: (\S+)", made).group(1)
        principals = os.path.join(cls.folder, "principals")
        with open(principals, "w") as f:
            f.write("principals { name: 'reader' role: ROLE_READER %s }" %
                    re.search(r'token_sha256: "\w+"', made).group(0))
        config = os.path.join(cls.folder, "config")
        with open(config, "w") as f:
            f.write("access { principals_file: '%s' }" % principals)
        port_file = os.path.join(cls.folder, "admin")
        daemon = Daemon(cls.folder, "--config=" + config, "--admin_listen=127.0.0.1:0",
                        "--admin_port_file=" + port_file)
        cls.addClassCleanup(daemon.stop)
        with open(port_file) as f:
            cls.origin = "http://127.0.0.1:%d" % int(f.read())
        cls.browser = open_browser(cls.folder)
        cls.addClassCleanup(cls.browser.quit)

    def call(self, token):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        request = urllib.request.Request(self.origin + "/api/picost.v1.Studies/ListStudies", b"{}", headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_the_gateway_asks_for_the_token(self):
        self.assertIn(self.call(None), (401, 403))
        self.assertEqual(401, self.call("wrong"))
        self.assertEqual(200, self.call(self.token))

    def test_the_page_asks_for_the_token_and_goes_on_with_it(self):
        self.browser.get(self.origin + "/#view=sources")
        wait = WebDriverWait(self.browser, 30)
        for token in ("wrong", self.token):
            field = wait.until(lambda b: b.find_element(By.ID, "token"))
            field.send_keys(token + Keys.ENTER)
            wait.until(lambda b: not b.find_elements(By.ID, "token") or b.find_element(By.ID, "token") != field)
        wait.until(lambda b: b.find_element(By.ID, "content").get_attribute("data-ready") == "sources")
        self.assertIn("deployments/wan", self.browser.find_element(By.ID, "content").text)
        self.assertNotIn(self.token, self.browser.current_url)
        # This daemon has no study: each view of one says how to begin.
        for view in ("front", "layers", "curve"):
            self.browser.get(self.origin + "/#view=" + view)
            wait.until(lambda b: "There is no study yet" in b.find_element(By.ID, "content").text, view)


@needs_browser
class DashboardTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        port_file = os.path.join(cls.folder, "admin")
        cls.daemon = Daemon(cls.folder, "--admin_listen=127.0.0.1:0", "--admin_port_file=" + port_file,
                            store="sqlite:" + os.path.join(cls.folder, "store.db"))
        cls.addClassCleanup(cls.daemon.stop)
        with open(port_file) as f:
            cls.origin = "http://127.0.0.1:%d" % int(f.read())
        cls.client = picost.Client(cls.daemon.address).wait_ready()
        cls.addClassCleanup(cls.client.close)
        cls.fill()
        cls.browser = open_browser(cls.folder)
        cls.addClassCleanup(cls.browser.quit)

    @classmethod
    def fill(cls):
        """Random shares of every layer's ReLUs; the accuracy is made up."""
        model = cls.client.register(MODEL)
        cls.relus = {l.node: l.counts.relu_elements for l in cls.client.estimate(MODEL, **WHERE).message.layers
                     if l.kind == "relu"}
        cls.client.create_study("big", online_seconds=6.0, display_name="Ten thousand trials")
        cls.client.create_study("hostile", display_name=HOSTILE)
        stub = cls.client._stubs["studies"]
        dice = random.Random(1)
        for begin in range(0, TRIALS, 1000):
            batch = studies_pb2.BatchAddTrialsRequest(parent="studies/big")
            for number in range(begin, begin + 1000):
                shares = [dice.random() ** 2 for _ in cls.relus]
                trial = batch.requests.add().trial
                trial.model = model
                trial.protocol.protocol = "protocols/" + WHERE["protocol"]
                trial.deployment.name = "deployments/" + WHERE["deployment"]
                trial.operations.extend(keep(n, int(s * most)) for (n, most), s in zip(cls.relus.items(), shares))
                trial.metrics.add(metric="accuracy", value=0.6 + 0.3 * sum(shares) / len(shares) + 0.05 * dice.random())
                trial.tags.append("generation-%d" % (number // 2500))
                if number % 100 == 0:
                    trial.metrics.add(metric="measured_online_seconds", value=5 + 20 * dice.random())
            stub.BatchAddTrials(batch, timeout=120)
        cls.client.log_trial("hostile", MODEL, accuracy=0.5, tags=[HOSTILE[:60]], **WHERE)
        cls.client.log_trial("hostile", MODEL, {next(iter(cls.relus)): 0}, accuracy=0.4, **WHERE)
        named = shapes((16,), linear("fc" + HOSTILE, 64), relu("relu" + HOSTILE))
        cls.client.log_trial("hostile", named, {"relu" + HOSTILE: 7}, accuracy=0.3, **WHERE)
        cls.client.create_study("mobile", display_name="On a link that restarts", online_seconds=12.0)
        for kept in (1.0, 0.6, 0.3, 0.1, 0.01, 0.0):
            cls.client.log_trial("mobile", MODEL, {n: int(kept * most) for n, most in cls.relus.items()},
                                 protocol="cheetah", deployment="mobile", accuracy=0.5 + 0.4 * kept)
        cls.client.create_study("plain")
        cls.client.log_trial("plain", MODEL, accuracy=0.5, **WHERE)
        cls.client.create_study("empty", online_seconds=1.0)
        cls.report(model)
        cls.trials = cls.client.trials("big")

    @classmethod
    def report(cls, model):
        """Whole inferences that somebody measured; one of them under a protocol without tables."""
        reports = [dict(model=model, protocol="protocols/" + protocol, deployment={"name": "deployments/" + deployment},
                        label="run %d" % i, **seconds)
                   for i, (protocol, deployment, seconds) in enumerate((
                       ("cheetah", "wan", dict(online_seconds=6.1)), ("cheetah", "lan", dict(online_seconds=3.0, setup_seconds=0.4)),
                       ("delphi", "lan", dict(offline_seconds=40, online_seconds=2.0)),
                       ("cryptflow2-he", "wan", dict(online_seconds=50))))]
        path = os.path.join(cls.folder, "measured.json")
        with open(path, "w") as f:
            json.dump({"measurements": reports}, f)
        status, _, error = run("measurements", "report", path, server=cls.daemon.address)
        assert status == 0, error

    def open(self, **state):
        """The view that a link says, drawn."""
        state = {"study": "studies/big", "view": "front", **state}
        self.browser.get("about:blank")
        self.browser.get(self.origin + "/#" + urllib.parse.urlencode(state))
        self.ready(state["view"])

    def ready(self, view):
        WebDriverWait(self.browser, 60).until(
            lambda b: b.find_element(By.ID, "content").get_attribute("data-ready") == view)

    def save(self, kind):
        for old in glob.glob(os.path.join(self.folder, "*." + kind)):
            os.remove(old)
        self.browser.find_element(By.ID, kind).click()
        path = WebDriverWait(self.browser, 30).until(
            lambda _: next(iter(glob.glob(os.path.join(self.folder, "*." + kind))), None))
        size = -1
        while size != os.path.getsize(path):
            size = os.path.getsize(path)
            time.sleep(0.1)
        with open(path, encoding="utf-8", newline="") as f:
            return f.read()

    def rows(self):
        return list(csv.DictReader(io.StringIO(self.save("csv"))))

    def tearDown(self):
        name = self.id().rsplit(".", 1)[1]
        self.browser.save_screenshot(os.path.join(pictures(), name + ".png"))
        errors = [e for e in self.browser.get_log("browser") if e["level"] == "SEVERE"]
        self.assertEqual([], errors)

    def test_front_shows_the_trials_and_the_servers_front(self):
        self.open()
        usable, = self.browser.execute_script("return performance.getEntriesByName('usable').map(e => e.startTime)")
        print("usable after %.0f ms with %d trials" % (usable, TRIALS))
        if TIMES:
            self.assertLess(usable, 1000)
        rows = self.rows()
        self.assertEqual(TRIALS, len(rows))
        for row, trial in zip(rows, self.trials):
            latency = trial.totals.online.latency_seconds
            accuracy = next(m.value for m in trial.metrics if m.metric == "accuracy")
            self.assertEqual((latency.p50, latency.low, latency.high, accuracy, trial.totals.relu_elements),
                             (float(row["online_seconds"]), float(row["low"]), float(row["high"]),
                              float(row["accuracy"]), int(row["relu_elements"])))
            self.assertEqual(trial.feasible, row["feasible"] == "1")
        front = self.client.pareto_front("big")
        self.assertEqual({p.trial.rsplit("/", 1)[1] for p in front.points},
                         {row["trial"] for row in rows if row["on_front"] == "1"})

    def test_every_cost_of_the_front_is_the_servers(self):
        def both(trial, of):
            return of(trial.totals.offline) + of(trial.totals.online)

        def sent(phase):
            return phase.client_to_server_bytes + phase.server_to_client_bytes

        for cost, of in (("online_bytes", lambda t: sent(t.totals.online)), ("total_bytes", lambda t: both(t, sent)),
                         ("relu_elements", lambda t: t.totals.relu_elements),
                         ("total_seconds", lambda t: both(t, lambda phase: phase.latency_seconds.p50))):
            self.open(x=cost)
            for row, trial in zip(self.rows(), self.trials):
                self.assertEqual(of(trial), float(row[cost]), cost)

    def estimate(self, trial, where):
        """The API's own answer for the trial elsewhere."""
        where.base = trial.deployment.name
        totals, = self.client.evaluate_edits(trial.model, [list(trial.operations)], protocol=WHERE["protocol"],
                                             deployment=where)
        return totals.online

    @staticmethod
    def link_like(trial, rtt, up, down):
        """The trial's own link with other figures."""
        link = deployment_pb2.NetworkProfile()
        link.CopyFrom(trial.link_terms.network)
        link.name = ""
        link.round_trip_seconds = rtt
        link.client_to_server_bytes_per_second = up
        link.server_to_client_bytes_per_second = down
        return deployment_pb2.CustomDeployment(network_profile=link)

    def assert_moved(self, rows, trials, chosen, where):
        for index in chosen:
            fresh = self.estimate(trials[index], where(trials[index]))
            for column, expected in (("online_seconds", fresh.seconds), ("low", fresh.low), ("high", fresh.high)):
                self.assertLess(abs(float(rows[index][column]) / expected - 1), 0.01, column)

    def test_another_network_moves_all_trials_as_the_api_does(self):
        # Of deployments whose connections keep their windows, and of one where they restart.
        for study, chosen in (("big", random.Random(2).sample(range(TRIALS), 12)), ("mobile", range(6))):
            trials = self.client.trials(study)
            for rtt, up, down in ((0.2, 1e6, 2e6), (0.0001, 1e9, 1e9), (0.03, 5e7, 5e6), (0.1, 1e9, 1e9)):
                self.open(study="studies/" + study, rtt=rtt, up=up, down=down)
                rows = self.rows()
                self.assertEqual(len(trials), len(rows))
                self.assert_moved(rows, trials, chosen, lambda trial: self.link_like(trial, rtt, up, down))

    def test_a_known_network_moves_all_trials_as_the_api_does(self):
        for study, chosen in (("big", random.Random(3).sample(range(TRIALS), 6)), ("mobile", range(6))):
            trials = self.client.trials(study)
            for network in ("networks/mobile", "networks/wan-cryptflow2", "networks/lan"):
                self.open(study="studies/" + study, net=network)
                self.assert_moved(self.rows(), trials, chosen,
                                  lambda trial: deployment_pb2.CustomDeployment(network=network))
        link = self.browser.find_element(By.ID, "link")
        self.assertEqual("networks/lan", link.get_attribute("value"))
        link.send_keys("mobile")
        self.assertIn("net=networks%2Fmobile", self.browser.current_url)
        self.assertIn("restart after silence", self.browser.find_element(By.ID, "link-note").text)
        for row, trial in zip(self.rows(), trials):
            self.assertAlmostEqual(trial.totals.online.latency_seconds.p50, float(row["online_seconds"]), places=9)

    def test_sliders_redraw_and_stay_in_the_link(self):
        self.open()
        before = self.rows()
        slider = self.browser.find_element(By.ID, "slider-rtt")
        self.browser.execute_script("arguments[0].focus()", slider)
        for _ in range(20):
            slider.send_keys(Keys.ARROW_RIGHT)
        self.assertIn("rtt=", self.browser.current_url)
        after = self.rows()
        self.assertTrue(all(float(a["online_seconds"]) != float(b["online_seconds"]) for a, b in zip(after, before)))
        times = self.browser.execute_script("return performance.getEntriesByName('redraw').map(e => e.duration)")
        print("slider to redraw: median %.0f ms, longest %.0f ms of %d" %
              (sorted(times)[len(times) // 2], max(times), len(times)))
        if TIMES:
            self.assertLess(sorted(times)[len(times) // 2], 100)
        link = self.browser.current_url
        self.browser.get("about:blank")
        self.browser.get(link)
        self.ready("front")
        self.assertEqual(after, self.rows())

    def test_a_brush_chooses_trials_and_a_link_restores_it(self):
        points = [(t.totals.online.latency_seconds.p50, next(m.value for m in t.metrics if m.metric == "accuracy"))
                  for t in self.trials]
        xs, ys = (sorted(values) for values in zip(*points))
        x0, x1, y0, y1 = xs[TRIALS // 3], xs[TRIALS // 2], ys[TRIALS // 3], ys[TRIALS // 2]
        self.open(brush="%r,%r,%r,%r" % (x0, x1, y0, y1))
        expected = [str(i + 1) for i, (x, y) in enumerate(points) if x0 <= x <= x1 and y0 <= y <= y1]
        self.assertGreater(len(expected), 5)
        self.assertEqual(sorted(expected), sorted(row["trial"] for row in self.rows()))
        self.browser.find_element(By.ID, "clear-brush").click()
        self.assertNotIn("brush", self.browser.current_url)

    def test_dragging_in_the_chart_brushes(self):
        self.open()
        canvas = self.browser.find_element(By.TAG_NAME, "canvas")
        width, height = canvas.size["width"], canvas.size["height"]
        ActionChains(self.browser).move_to_element_with_offset(
            canvas, -width // 4, -height // 3).click_and_hold().move_by_offset(
                width // 2, height // 2).release().perform()
        self.assertIn("brush=", self.browser.current_url)
        self.assertLess(0, len(self.rows()))
        self.assertLess(len(self.rows()), TRIALS)

    def test_layers_are_the_servers(self):
        self.open(view="layers", trial=7)
        layers = self.client._stubs["studies"].GetTrialLayers(
            studies_pb2.GetTrialLayersRequest(name="studies/big/trials/7"))
        rows = self.rows()
        self.assertEqual(len(layers.layers), len(rows))
        for layer, row in zip(layers.layers, rows):
            self.assertEqual((layer.node, str(layer.relu_elements)), (row["layer"], row["relu_elements"]))
            for phase in ("setup", "offline", "online"):
                for cause in ("homomorphic", "garbling_and_transfers", "other_compute", "transfer", "flight"):
                    name = cause + "_seconds"
                    self.assertEqual(getattr(getattr(layer, phase), name), float(row["%s.%s" % (phase, name)]))
        self.assertTrue(layers.reproduced)
        self.assertIn("The same figures", self.browser.find_element(By.ID, "content").text)

    def test_the_curve_is_the_servers(self):
        self.open(view="curve")
        rows = self.rows()
        self.assertGreater(len(rows), 150)
        edits, at = [], {}
        for share in (0.25, 0.5, 1.0):
            edit = {n: int(share * most + 0.5) for n, most in self.relus.items()}
            at[sum(edit.values())] = len(edits)
            edits.append(edit)
        answers = self.client.evaluate_edits(MODEL, edits, **WHERE)
        found = 0
        for row in rows:
            index = at.get(int(row["relu_elements"]))
            if index is not None:
                self.assertEqual(answers[index].online.seconds, float(row["online_seconds"]))
                found += 1
        self.assertEqual(3, found)
        relus = [int(row["relu_elements"]) for row in rows]
        self.assertEqual(relus, sorted(set(relus)))

    def test_reported_inferences_stand_beside_their_prediction(self):
        ask = lambda method: json.loads(self.request(  # noqa: E731
            "/api/picost.v1.Calibrations/" + method, b"{}", **{"Content-Type": "application/json"})[2])["measurements"]
        expected = {(c["measurement"]["name"], p["phase"]): p for c in ask("EvaluateCalibration") for p in c["phases"]}
        self.assertEqual(6, len(expected))
        self.assertEqual({m["name"] for m in ask("ListMeasurements")}, {name for name, _ in expected})
        self.open(view="measured", study="studies/plain", **{"from": "reports"})
        rows = self.rows()
        self.assertEqual(len(expected), len(rows))
        for row in rows:
            phase = expected[row["measurement"], "PHASE_" + row["metric"].replace("_seconds", "").upper()]
            predicted = phase["predicted_seconds"]
            self.assertEqual((predicted["p50"], predicted["low"], predicted["high"], phase["measured_seconds"]),
                             tuple(float(row[c]) for c in ("predicted_seconds", "low", "high", "measured_seconds")))
            self.assertTrue(row["backend"])
            self.assertRegex(row["calibration_date"], r"^20\d\d")
        wan = self.client.estimate(MODEL, **WHERE)
        self.assertIn(wan.online.seconds, [float(row["predicted_seconds"]) for row in rows])
        inside = sum(p.get("inside_interval", False) for p in expected.values())
        self.assertIn("%d inside the predicted interval" % inside, self.browser.find_element(By.ID, "within").text)
        text = self.browser.find_element(By.ID, "content").text
        self.assertIn("run 0", text)
        self.browser.find_element(By.ID, "by").send_keys("calibration age")
        WebDriverWait(self.browser, 30).until(lambda b: "calibrated today" in b.find_element(By.ID, "content").text)

    def test_measurements_are_those_reported(self):
        self.open(view="measured", **{"from": "trials"})
        rows = self.rows()
        reported = {i + 1: m.value for i, t in enumerate(self.trials) for m in t.metrics
                    if m.metric == "measured_online_seconds"}
        self.assertEqual(reported, {int(row["trial"]): float(row["measured_seconds"]) for row in rows})
        for row in rows:
            trial = self.trials[int(row["trial"]) - 1]
            self.assertEqual(trial.totals.online.latency_seconds.p50, float(row["predicted_seconds"]))
            self.assertTrue(row["backend"])
        good = sum(abs(float(r["predicted_seconds"]) / float(r["measured_seconds"]) - 1) <= 0.1 for r in rows)
        self.assertIn("%d of %d within 10 %%" % (good, len(rows)), self.browser.find_element(By.ID, "within").text)

    def test_sources_name_models_tables_and_deployments(self):
        self.open(view="sources")
        text = self.browser.find_element(By.ID, "content").text
        self.assertIn(self.client.register(MODEL), text)
        self.assertIn("deployments/wan", text)
        self.assertIn("networks/wan1", text)
        saved = self.save("csv")
        self.assertIn("Cheetah", saved)
        for method, field in (("Models/ListModels", "models"), ("Catalog/ListDeployments", "deployments"),
                              ("Catalog/ListNetworks", "networks"), ("Catalog/ListTables", "tables")):
            answer = json.loads(self.request("/api/picost.v1." + method, b'{"page_size": 1000}',
                                             **{"Content-Type": "application/json"})[2])
            self.assertGreater(len(answer[field]), 0)
            for one in answer[field]:
                self.assertIn(one["name"], saved)
                self.assertIn(one.get("source", ""), saved.replace('""', '"'))

    def test_every_view_saves_svg_and_its_link_restores_it(self):
        import xml.etree.ElementTree as xml
        for view in ("front", "layers", "curve", "measured", "sources"):
            self.open(view=view, trial=3, theme="dark")
            svg = self.save("svg")
            self.assertTrue(xml.fromstring(svg).tag.endswith("svg"), view)
            self.assertGreater(len(svg), 2000, view)
            # A file says itself what its colours mean.
            self.assertIn({"front": "first, 20", "layers": ">GC/OT<", "measured": "OpenCheetah"}.get(view, "<text"), svg)
            first = self.save("csv")
            self.browser.refresh()
            self.ready(view)
            self.assertEqual(first, self.save("csv"), view)
            self.assertEqual("dark", self.browser.execute_script("return document.documentElement.dataset.theme"))
            self.browser.save_screenshot(os.path.join(pictures(), "dark_%s.png" % view))

    def test_the_keyboard_reaches_everything(self):
        for view in ("front", "layers", "curve", "measured", "sources"):
            self.open(view=view)
            everything = self.browser.execute_script(
                "return [...document.querySelectorAll(arguments[0])].filter(e => e.offsetParent !== null "
                "&& !e.closest('table')).map((e, i) => { e.dataset.k = i; return i; })", FOCUSABLE)
            self.browser.execute_script("document.activeElement.blur(); window.scrollTo(0, 0)")
            reached = set()
            for _ in range(3 * len(everything) + 400):
                self.browser.switch_to.active_element.send_keys(Keys.TAB)
                key = self.browser.execute_script("return document.activeElement.dataset.k")
                if key is not None:
                    reached.add(int(key))
                if len(reached) == len(everything):
                    break
            self.assertEqual(set(everything), reached, view)

    def test_pointing_at_a_trial_shows_its_layers(self):
        self.open(study="studies/plain")
        canvas = self.browser.find_element(By.TAG_NAME, "canvas")
        # A single trial stands in the middle of its interval, a little right of the middle.
        layers = self.client._stubs["studies"].GetTrialLayers(
            studies_pb2.GetTrialLayersRequest(name="studies/plain/trials/1")).layers
        seconds = lambda l: sum(value for field, value in l.online.ListFields() if field.name.endswith("_seconds"))  # noqa: E731
        slowest = max(layers, key=seconds).node
        canvas.send_keys(Keys.ARROW_RIGHT)
        tip = self.browser.find_element(By.CLASS_NAME, "tip")
        WebDriverWait(self.browser, 30).until(lambda _: "slowest online: %s " % slowest in tip.text)
        self.assertIn("ReLUs in %d layers" % sum(l.relu_elements > 0 for l in layers), tip.text)
        x, y = self.browser.execute_script("const s = arguments[0].style; return [parseInt(s.left), parseInt(s.top)]", tip)
        self.browser.execute_script("arguments[0].blur()", canvas)
        self.assertFalse(tip.is_displayed())
        ActionChains(self.browser).move_to_element_with_offset(
            canvas, int(x - 14 - canvas.size["width"] / 2), int(y - 14 - canvas.size["height"] / 2)).perform()
        WebDriverWait(self.browser, 30).until(lambda _: tip.is_displayed() and "slowest online" in tip.text)

    def test_the_summary_is_the_servers(self):
        self.open()
        front = self.client.pareto_front("big")
        summary = self.browser.find_element(By.ID, "summary")
        WebDriverWait(self.browser, 30).until(lambda _: summary.text)
        self.assertIn("%s trials, %s keep the budget, %d on the study's front" % (
            format(front.trial_count, ","), format(front.feasible_count, ","), len(front.points)), summary.text)
        self.assertAlmostEqual(front.hypervolume, float(re.search(r"hypervolume (\S+)\.$", summary.text).group(1)), places=3)

    def test_the_budget_line_of_the_curve_says_what_it_allows(self):
        self.open(view="curve")
        keeps = [(int(row["relu_elements"]), float(row["online_seconds"]) <= 6.0) for row in self.rows()]
        over = next(i for i, (_, kept) in enumerate(keeps) if not kept)
        said = self.browser.find_element(By.ID, "allowed").text
        self.assertIn("allows up to %s of %s ReLUs" % (format(keeps[over - 1][0], ","), format(keeps[-1][0], ",")), said)
        later = [relus for relus, kept in keeps[over:] if kept]
        self.assertEqual(bool(later), "and again" in said)
        if later:
            self.assertIn("and again %s," % format(later[-1], ","), said)

    def test_studies_with_little_in_them_are_shown_as_they_are(self):
        for study, view, text in (("plain", "front", "no budget"), ("plain", "curve", "no budget"), ("plain", "layers", "of 1"),
                                  ("empty", "front", "0 of 0 trials"), ("empty", "layers", "no trial yet"),
                                  ("empty", "curve", "needs a trial"), ("empty", "measured", "within")):
            self.open(study="studies/" + study, view=view)
            content = self.browser.find_element(By.ID, "content")
            WebDriverWait(self.browser, 30).until(lambda _: text in content.text, "%s %s" % (study, view))
            self.save("csv")

    def test_arrows_go_along_the_front_and_enter_opens_a_trial(self):
        self.open()
        canvas = self.browser.find_element(By.TAG_NAME, "canvas")
        for _ in range(3):
            canvas.send_keys(Keys.ARROW_RIGHT)
        first = self.browser.current_url
        self.assertIn("trial=", first)
        self.assertIn("accuracy", self.browser.find_element(By.ID, "status").text)
        canvas.send_keys(Keys.ENTER)
        self.ready("layers")
        self.assertIn("view=layers", self.browser.current_url)

    def test_strings_of_trials_stay_text(self):
        for view in ("front", "layers", "curve", "measured", "sources"):
            self.open(study="studies/hostile", view=view, color="tag", trial=3, group=1)
            self.assertIsNone(self.browser.execute_script("return window.pwned"))
            self.assertEqual(0, len(self.browser.find_elements(By.TAG_NAME, "img")), view)
            if view in ("front", "layers", "curve"):
                self.assertIn("<img src=x", self.browser.find_element(By.ID, "content").text, view)
        # Who points at the trial sees its layers' names, too.
        self.open(study="studies/hostile")
        canvas = self.browser.find_element(By.TAG_NAME, "canvas")
        canvas.send_keys(Keys.ARROW_RIGHT)  # the cheapest one
        tip = self.browser.find_element(By.CLASS_NAME, "tip")
        WebDriverWait(self.browser, 30).until(lambda _: "relu<img src=x" in tip.text)
        self.assertEqual(0, len(self.browser.find_elements(By.TAG_NAME, "img")))
        self.assertIsNone(self.browser.execute_script("return window.pwned"))

    def test_a_foreign_script_does_not_run(self):
        self.open()
        self.browser.execute_script(
            "const s = document.createElement('script');"
            "try { s.textContent = 'window.pwned = 1'; document.body.append(s); } catch (e) {}")
        self.assertIsNone(self.browser.execute_script("return window.pwned"))
        self.browser.get_log("browser")  # the refusal is an error of the console, here alone

    def request(self, path, body=None, **headers):
        request = urllib.request.Request(self.origin + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def test_the_page_fetches_nothing_from_elsewhere_and_says_so(self):
        status, headers, page = self.request("/")
        self.assertEqual(200, status)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertNotIn("unsafe", headers["Content-Security-Policy"])
        for content in (page, self.request("/page/app.js")[2], self.request("/page/app.css")[2]):
            self.assertNotIn(b"https://", content)

    def test_the_gateway_refuses_what_is_not_the_pages(self):
        ask = json.dumps({"name": "studies/big"}).encode()
        json_type = {"Content-Type": "application/json"}
        self.assertEqual(200, self.request("/api/picost.v1.Studies/GetStudy", ask, **json_type)[0])
        for path, body, headers, expected in (
            ("/api/picost.v1.Studies/DeleteStudy", ask, json_type, 404),
            ("/api/picost.v1.Studies/Nothing", ask, json_type, 404),
            ("/api/picost.v1.Studies/GetStudy", ask, {"Content-Type": "text/plain"}, 400),
            ("/api/picost.v1.Studies/GetStudy", b"{", json_type, 400),
            ("/api/picost.v1.Studies/GetStudy", b'{"nome": "x"}', json_type, 400),
            ("/api/picost.v1.Studies/GetStudy", b'{"name": "studies/none"}', json_type, 404),
            ("/api/picost.v1.Studies/GetStudy", b" " * (2 << 20), json_type, 413),
            ("/api/picost.v1.Studies/GetStudy", ask, {**json_type, "Host": "evil.example"}, 421),
            ("/metrics", ask, json_type, 405),
            ("/page/../../etc/passwd", None, {}, 404),
        ):
            status, _, answer = self.request(path, body, **headers)
            self.assertEqual(expected, status, (path, body[:20] if body else None, answer))


if __name__ == "__main__":
    unittest.main()
