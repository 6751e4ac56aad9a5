"""The lesson's program for camera and lamp, with comments in the language in use."""

from __future__ import annotations

from training.language import _


def camera_script() -> str:
    """The lesson's camera and lamp: `cv2` and pinpong, without what breaks them."""
    says = (
        _("Step 3: watch, and light the lamp at a pest. Type: python camera_led.py --dry-run"),
        _("It needs: pip install gardenwatch pyserial, then pip install --no-deps pinpong==0.6.2"),
        _("The lesson's program, for comparison:"),
        _("It ends when the board is unplugged, hangs with the cable, ignores Ctrl-C, writes new firmware unasked,"),
        _("flickers with each wrong answer, and leaves the lamp on. Here the board has a process of its own,"),
        _("three answers must agree, and the lamp is put out at the end, whatever happened."),
        _("the Uno's own lamp is there, too"),
        _("so many answers in a row before the lamp changes"),
        _("a camera that gives no picture for so long is opened again"),
        _("camera number, film, or address"),
        _("classes that light the lamp; the model's pests otherwise"),
        _("from which confidence on an answer counts"),
        _("the board's port, such as COM3; found by itself otherwise"),
        _("no board: only tell when the lamp would change"),
        _("show the picture; q in it ends"),
        _("there is no model.onnx yet: run train.py first"),
        _("name the pests with --pest; the model knows"),
        _("no picture comes from the source"),
        _("pulled out? try again, until it is back"),
        _("the lesson's led.write_digital; it never waits for the board"),
        _("what the board says: found, lost, found again"),
        _("ended with Ctrl-C"),
        _("so long the board may take to answer; without it the watching goes on, and the lamp follows"),
        _("a film at the pace at which it was filmed"),
        _("OpenCV would tell at length, in its own words, that there is no camera"),
        _("plug a camera in, or give --source film.mp4"),
    )
    return f'''\
# {says[0]}
# {says[1]}
#
# {says[2]}
#   Board("uno").begin(); led = Pin(Pin.D13, Pin.OUT); cap = cv2.VideoCapture(0)
#   while True:
#       ok, img = cap.read(); result = model.inference(data=img)
#       led.write_digital(1 if result['预测结果'] == 'slug' else 0)
# {says[3]}
# {says[4]}
# {says[5]}
import argparse
import os
import sys
import time
from collections import deque
from pathlib import Path

os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")  # {says[24]}
import cv2

from edge import language
from edge.board.fake import FakeBoard
from edge.board.pinpong import PinpongBoard
from edge.model.classifier import Classifier
from edge.settings import BoardSettings

HERE = Path(__file__).resolve().parent
PIN = "D13"  # {says[6]}
AGREE = 3  # {says[7]}
LOST_S = 5  # {says[8]}
READY_S = 10  # {says[22]}


def main():
    language.use({_("en")!r})
    words = argparse.ArgumentParser()
    words.add_argument("--source", default="0", help={says[9]!r})
    words.add_argument("--pest", nargs="*", help={says[10]!r})
    words.add_argument("--sure", type=float, default=0.6, help={says[11]!r})
    words.add_argument("--port", help={says[12]!r})
    words.add_argument("--dry-run", action="store_true", help={says[13]!r})
    words.add_argument("--window", action="store_true", help={says[14]!r})
    given = words.parse_args()
    if not (HERE / "model.onnx").is_file():
        sys.exit({says[15]!r})
    model = Classifier.open(HERE / "model.onnx")
    labels = [label.key for label in model.card.labels]
    pests = given.pest or [label.key for label in model.card.labels if label.role == "pest"]
    strangers = [name for name in pests if name not in labels]
    if strangers or not pests:
        sys.exit(f"{says[16]} {{', '.join(labels)}}")

    source = int(given.source) if given.source.isdigit() else given.source
    is_film = Path(str(source)).is_file()
    camera = cv2.VideoCapture(source)
    if not camera.isOpened():
        sys.exit(f"{says[17]} {{source}}; {says[25]}")
    board = FakeBoard() if given.dry_run else PinpongBoard(BoardSettings(kind="pinpong", port=given.port))
    is_lit, answers, seen_s, told = False, deque(maxlen=AGREE), time.monotonic(), ""
    board.write(PIN, False)
    pause_s = 1 / (camera.get(cv2.CAP_PROP_FPS) or 10) if is_film else 0
    try:
        until = time.monotonic() + READY_S
        while board.health().state == "connecting" and time.monotonic() < until:
            time.sleep(0.1)
        while True:
            ok, picture = camera.read()
            if not ok:
                if is_film:
                    break
                if time.monotonic() - seen_s > LOST_S:  # {says[18]}
                    board.write(PIN, is_lit := False)
                    answers.clear()
                    camera.release()
                    camera, seen_s = cv2.VideoCapture(source), time.monotonic()
                time.sleep(0.1)
                continue
            seen_s = time.monotonic()
            time.sleep(pause_s)  # {says[23]}
            probabilities = model.classify([picture])[0][0]
            best = int(probabilities.argmax())
            is_pest = labels[best] in pests and probabilities[best] >= given.sure
            answers.append(is_pest)
            if len(answers) == AGREE and len(set(answers)) == 1 and is_pest != is_lit:
                is_lit = is_pest
                board.write(PIN, is_lit)  # {says[19]}
                print(f"{{'●' if is_lit else '○'}} {{PIN}} {{labels[best]}} {{probabilities[best]:.0%}}", flush=True)
            if (health := board.health().detail) != told:  # {says[20]}
                told = health
                print(health, file=sys.stderr)
            if given.window:
                cv2.imshow("Gardenwatch", picture)
                if cv2.waitKey(1) & 0xFF == ord("q"):
                    break
    except KeyboardInterrupt:
        print({says[21]!r})
    finally:
        board.write(PIN, False)
        board.close()
        camera.release()
        cv2.destroyAllWindows() if given.window else None


if __name__ == "__main__":
    main()
'''
