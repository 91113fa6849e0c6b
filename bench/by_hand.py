"""One invoice labelled whole, as its truth says: what a person does for it on our page and on Label Studio's.

    actions, seconds = OnOurPage(tab, words, runs, keys).with_the_keyboard()

Everything is really done, through the browser's own input events, and what came of it is counted. An action
is a key, a click or a drag. Seconds are those of a practised person after the keystroke-level model (Card,
Moran, Newell: The Psychology of Human-Computer Interaction, 1983), added up and not waited for, plus what the
page took to follow, which is waited for.
"""
import time

from label_studio import DRAWN, STORE

LOOK = 1.35    # what comes next, and where it stands: once for each label
KEY = 0.2      # of somebody who types well
POINT = 1.1    # with the mouse, somewhere
PRESS = 0.1    # a button of the mouse, down or up
HAND = 0.4     # from the keyboard to the mouse, or back


class Hand:
    def __init__(self, tab):
        self.tab, self.actions, self.seconds, self.on_mouse = tab, 0, 0.0, False

    def look(self):
        self.seconds += LOOK

    def _take(self, mouse):
        if self.on_mouse != mouse:
            self.seconds += HAND
        self.on_mouse = mouse

    def key(self, *combinations):
        self._take(False)
        for combination in combinations:
            self.tab.press(combination)
            self.actions += 1
            self.seconds += KEY

    def click(self, place):
        self._take(True)
        self.tab.click_at(*place)
        self.actions += 1
        self.seconds += POINT + 2 * PRESS

    def drag(self, start, end, pause=0):
        self._take(True)
        self.tab.drag(start, end, pause=pause)
        self.actions += 1
        self.seconds += 2 * POINT + 2 * PRESS

    def until(self, condition):
        """What the page takes counts too."""
        begin = time.perf_counter()
        self.tab.wait_for(condition)
        self.seconds += time.perf_counter() - begin

    @property
    def told(self):
        return self.actions, self.seconds


def submit(hand):
    """The page goes on to the next document, or to the list where there is none."""
    here = hand.tab.evaluate("location.pathname")
    hand.key("Ctrl+Enter")
    hand.until(f"location.pathname !== '{here}'")


# Once the page has glided to where it stays: nobody aims at what moves.
RESTS = """new Promise((done) => {
    let before = '';
    const look = () => {
        const now = getComputedStyle(document.querySelector('.text-layer')).transform;
        if (now === before) return done(true);
        before = now;
        setTimeout(look, 150);
    };
    look();
})"""


class OnOurPage:
    """An opened document, nothing labelled yet. `keys`: label -> its key."""

    LABELS = "document.querySelectorAll('.annotations li').length === %d"

    def __init__(self, tab, words, runs, keys):
        self.tab, self.words, self.runs, self.keys = tab, words, runs, keys

    def with_the_keyboard(self):
        hand, cursor = Hand(self.tab), None
        for done, (label, indexes) in enumerate(self.runs, 1):
            hand.look()
            if cursor is None:
                hand.key("ArrowRight")  # to the first word
                cursor = 0
            steps = indexes[0] - cursor
            hand.key(*["ArrowRight" if steps > 0 else "ArrowLeft"] * abs(steps))
            hand.key(*["Shift+ArrowRight"] * (len(indexes) - 1), self.keys[label])
            cursor = indexes[-1]
            hand.until(self.LABELS % done)
        return self._end(hand)

    def with_the_mouse(self):
        hand = Hand(self.tab)
        hand.key("0")  # the whole page, so that nothing has to be looked for
        for done, (label, indexes) in enumerate(self.runs, 1):
            hand.look()
            self.tab.evaluate(RESTS)
            first, last = (self._place(self.words[i]["box"]) for i in (indexes[0], indexes[-1]))
            if len(indexes) > 1:
                hand.drag(first, last)
            else:
                hand.click(first)
            hand.key(self.keys[label])
            hand.until(self.LABELS % done)
        return self._end(hand)

    def _end(self, hand):
        hand.look()
        hand.key("Escape", "c", *"inv", "Enter")  # what kind of document it is
        submit(hand)
        return hand.told

    def _place(self, box):
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return tuple(self.tab.evaluate(f"""(() => {{
            const m = new DOMMatrix(getComputedStyle(document.querySelector('.text-layer')).transform);
            const place = document.querySelector('.window').getBoundingClientRect();
            const point = m.transformPoint({{x: {x}, y: {y}}});
            return [place.left + point.x, place.top + point.y];
        }})()"""))


class OnLabelStudio:
    """The same page as an image, in a task that is open, nothing drawn yet."""

    def __init__(self, tab, words, runs, keys, size):
        self.tab, self.words, self.runs, self.keys, self.size = tab, words, runs, keys, size

    def boxes_alone(self):
        return self._label(lambda hand, text: None)

    def boxes_with_their_text(self):
        """What stands there is typed, as nothing has read it."""
        return self._label(self._type)

    def _label(self, then):
        self.tab.wait_for(DRAWN % 0)
        time.sleep(2)  # its keys come after its image
        hand = Hand(self.tab)
        for done, (label, indexes) in enumerate(self.runs, 1):
            hand.look()
            hand.key(self.keys[label])
            boxes = [self.words[i]["box"] for i in indexes]
            hand.drag(self._place(min(b[0] for b in boxes), min(b[1] for b in boxes)),
                      self._place(max(b[2] for b in boxes), max(b[3] for b in boxes)), pause=0.03)
            hand.until(f"{STORE}.regions.length === {done}")
            then(hand, " ".join(self.words[i]["text"] for i in indexes))
        hand.key("Ctrl+Enter")
        hand.until(f"{STORE}?.sentUserGenerate || {STORE}?.pk")
        return hand.told

    def _type(self, hand, text):
        """Into the field of the newest box, at the end of the list; scrolling there is not counted."""
        hand.until(LAST_FIELD)
        self.tab.evaluate(SCROLL_TO_LAST)
        time.sleep(0.3)
        hand.click(self.tab.evaluate(f"(() => {{ const b = {LAST_FIELD}.getBoundingClientRect();"
                                     " return [b.left + 20, b.top + b.height / 2]; })()"))
        hand.key(*text, "Enter", "Escape")  # else the next key changes the label of this one

    def _place(self, x, y):
        left, top, width, height = self.tab.evaluate(
            "(() => { const b = document.querySelector('canvas').getBoundingClientRect();"
            " return [b.left, b.top, b.width, b.height]; })()")
        return left + x / self.size[0] * width, top + y / self.size[1] * height


LAST_FIELD = "[...document.querySelectorAll('[data-testid=textarea-region-input]')].at(-1)"
SCROLL_TO_LAST = f"""(() => {{
    for (let place = {LAST_FIELD}; place; place = place.parentElement)
        if (place.scrollHeight > place.clientHeight && getComputedStyle(place).overflowY !== 'visible')
            place.scrollTop = place.scrollHeight;
}})()"""
