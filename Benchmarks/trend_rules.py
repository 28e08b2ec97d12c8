"""Simulated nights, the other rules, and the figures that were published for them and for ours."""
import warnings

import numpy as np

WARM_UP, OBSERVED = 70, 90
WITHIN = (1, 3, 7)
STEPS = (0.05, 0.10, 0.20)
KINDS = ("n3", "n6", "t4", "outlier", "weekday", "AR", "mix")

# Published for each kind of noise: episodes in 90 nights, of 200 series (Otava: 40).
FALSE_ALARMS = {rule: dict(zip(KINDS, figures)) for rule, figures in {
    "ours, quiet": (None, None, None, None, None, None, 0.17),
    "**ours, normal**": (0.00, 0.50, 0.14, 0.21, 0.05, 0.58, 0.39),
    "ours, keen": (0.3, 0.5, 0.6, 0.6, 0.1, 1.3, 0.78),
    "last green +10 %": (1.1, 7.0, 2.9, 3.4, 4.7, 0.3, 3.3),
    "mean + 4 sd of 40": (0.02, 0.04, 0.3, 1.9, 0, 0.05, 1.4),
    "Otava 50, .001, 5 %": (0.1, 0.3, 0.9, 1.75, 0.03, 2.1, 1.5),
}.items()}

# Published for a step in `mix`: % seen within 1, 3 and 7 nights.
DETECTION = {rule: dict(zip(STEPS, figures)) for rule, figures in {
    "ours, quiet": ((None,) * 3, (None, 48, 66), (None,) * 3),
    "**ours, normal**": ((2, 16, 35), (4, 70, 92), (4, 99, 100)),
    "ours, keen": ((4, 30, 52), (6, 74, 93), (7, 99, 100)),
    "last green +10 %": ((20, 30, 46), (59, 67, 74), (98, 99, 99)),
    "mean + 4 sd of 40": ((4, 8, 14), (8, 16, 22), (40, 48, 54)),
    "Otava 50, .001, 5 %": ((10, 18, 40), (20, 42, 70), (42, 75, 95)),
}.items()}

# Published: nights in 90 over the limit, by how far the usual p95 is below it and by the noise.
HEADROOM_SDS = (0.02, 0.03, 0.05, 0.07)
HEADROOM = {
    0.02: (14, 22, 31, 35), 0.05: (0.5, 3.9, 14, 21), 0.08: (0, 0.2, 4.3, 10), 0.10: (0, 0, 1.6, 6),
    0.15: (0, 0, 0.1, 0.9)}


def published_series(rule):
    return 40 if rule.startswith("Otava") else 200


# MARK: Nights

def weekday_of_step(series):
    """0 is Monday: as many of the series begin their step on each day."""
    return np.arange(series) % 7


def simulated(kind, series, seed, step=0.0, nights=WARM_UP + OBSERVED):
    """p95s in ms around 520, a row a series. A standard deviation is that of the logarithm."""
    numbers = np.random.default_rng([seed, KINDS.index(kind), round(step * 100)])
    size = (series, nights)
    weekday = (weekday_of_step(series)[:, None] + np.arange(nights) - WARM_UP) % 7

    def student(sd):
        return numbers.standard_t(4, size) * sd / np.sqrt(2)

    def with_memory(fresh, share):
        """What stays of a night's deviation for the next; the standard deviation stays as it is."""
        deviation = fresh.copy()
        for night in range(1, nights):
            deviation[:, night] = share * deviation[:, night - 1] + np.sqrt(1 - share ** 2) * fresh[:, night]
        return deviation

    def outliers(share):
        return np.where(numbers.random(size) < share, numbers.uniform(1.2, 1.9, size), 1)

    def weekends(change):
        return np.where(weekday >= 5, 1 + change, 1)

    p95s = 520 * {
        "n3": lambda: np.exp(numbers.normal(0, 0.03, size)),
        "n6": lambda: np.exp(numbers.normal(0, 0.06, size)),
        "t4": lambda: np.exp(student(0.04)),
        "outlier": lambda: np.exp(numbers.normal(0, 0.03, size)) * outliers(0.03),
        "weekday": lambda: np.exp(numbers.normal(0, 0.03, size)) * weekends(-0.08),
        "AR": lambda: np.exp(with_memory(numbers.normal(0, 0.04, size), 0.6)),
        "mix": lambda: np.exp(with_memory(student(0.035), 0.3)) * weekends(-0.05) * outliers(0.02),
    }[kind]()
    p95s[:, WARM_UP:] *= 1 + step
    return p95s


def episodes(alarms):
    """Of each series; alarms within three nights are one."""
    counts = np.zeros(len(alarms))
    for index, row in enumerate(alarms):
        nights = np.flatnonzero(row)
        counts[index] = len(nights) and 1 + (np.diff(nights) > 3).sum()
    return counts


# MARK: Other rules

def last_green(p95s, tolerance):
    """Above the newest night that passed by more than the tolerance."""
    alarms = np.zeros(p95s.shape, bool)
    green = p95s[:, 0].copy()
    for night in range(1, p95s.shape[1]):
        alarms[:, night] = p95s[:, night] > (1 + tolerance) * green
        green = np.where(alarms[:, night], green, p95s[:, night])
    return alarms


def mean_and_4_sd(p95s, nights=40):
    alarms = np.zeros(p95s.shape, bool)
    for night in range(nights, p95s.shape[1]):
        before = p95s[:, night - nights:night]
        alarms[:, night] = p95s[:, night] > before.mean(1) + 4 * before.std(1, ddof=1)
    return alarms


def otava_online(p95s):
    """Asked anew every night: an alarm is a rise in the last 14 nights that was not told before. A Python list: an array is
    not cut into windows."""
    from otava.analysis import compute_change_points
    warnings.filterwarnings("ignore")  # of segments of one night
    told = set()
    alarms = np.zeros(len(p95s), bool)
    for night in range(WARM_UP - 14, len(p95s)):
        points, _ = compute_change_points(p95s[:night + 1], window_len=50, max_pvalue=0.001, min_magnitude=0.05)
        rises = {point.index for point in points if point.stats.mean_2 > point.stats.mean_1}
        alarms[night] = any(night - rise < 14 for rise in rises - told)
        told |= rises
    return alarms
