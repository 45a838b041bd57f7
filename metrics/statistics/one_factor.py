"""One common factor fitted by maximum likelihood to many small covariance matrices at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metrics.statistics.intervals import Floats, Whole

#: A share of an item's variance that is no longer error but a Heywood case.
_LEAST_ERROR = 1e-4
#: Matrices with a smaller eigenvalue (of the correlations) hold an item twice.
_SINGULAR = 1e-9
_STEPS, _HALVINGS, _STILL = 200, 12, 1e-10
#: The longest step of a loading or of the logarithm of an error variance.
_LONGEST = 1.0


class OneFactor(NamedTuple):
    """Fits of figures x items; NaN where there is none, 0 beyond a scale's items.

    loadings and errors in the metric of the items. covariance: of (loadings, errors), from the
    expected information.
    """

    loadings: Floats
    errors: Floats
    covariance: Floats


def one_factor(within: Floats, freedom: Whole, items: Whole) -> OneFactor:
    """Loadings and error variances of one factor: S = l l' + diag(t) + misfit.

    within: sums of squares and products, figures x items x items; S = within / freedom.
    Formula: three items are just identified, l1 = sqrt(s12 s13 / s23) and so on, t = s - l**2;
    four and more minimise log|Sigma| + tr(S Sigma^-1) by Fisher scoring over loadings and
    logarithms of error variances, with halved steps, in the metric of correlations (the fit does
    not depend on it). The sign of a factor is that of the sum of its loadings.
    Missing: NaN for two items (not identified), for an item without variance, an item that repeats
    others, a Heywood case, and where three covariances have no common factor.
    Source: Joreskog 1967. Exact covariances of loadings .8 .7 .6 .5 give them back.
    """
    size, most = within.shape[0], within.shape[1]
    loadings, errors = np.full((2, size, most), np.nan)
    covariance = np.full((size, 2 * most, 2 * most), np.nan)
    fitted = np.isfinite(freedom) & (freedom > 0)
    for k in range(3, most + 1):
        chosen = np.flatnonzero(fitted & (items == k))
        if not len(chosen):
            continue
        s = within[chosen, :k, :k] / freedom[chosen, None, None]
        deviation = np.sqrt(np.diagonal(s, axis1=1, axis2=2))
        usable = (deviation > 0).all(axis=1)
        chosen, s, deviation = chosen[usable], s[usable], deviation[usable]
        correlation = s / (deviation[:, :, None] * deviation[:, None, :])
        found, error = _three(correlation) if k == 3 else _more(correlation)
        sign = np.where(found.sum(axis=1) < 0, -1.0, 1.0)
        found, error = found * sign[:, None] * deviation, error * deviation**2
        loadings[chosen], errors[chosen] = 0.0, 0.0
        loadings[chosen, :k], errors[chosen, :k] = found, error
        places = np.concatenate([np.arange(k), most + np.arange(k)])
        covariance[chosen] = 0.0
        covariance[chosen[:, None, None], places[:, None], places] = _covariance(
            found, error, freedom[chosen]
        )
    return OneFactor(loadings, errors, covariance)


def _three(correlation: Floats) -> tuple[Floats, Floats]:
    """The exact solution of three items."""
    r12, r13, r23 = correlation[:, 0, 1], correlation[:, 0, 2], correlation[:, 1, 2]
    product = r12 * r13 * r23
    root = np.sqrt(np.where(product > 0, product, np.nan))
    loadings = np.stack([root / r23, root / r13, root / r12], axis=1)
    return _proper(loadings, 1 - loadings**2)


def _more(correlation: Floats) -> tuple[Floats, Floats]:
    """The maximum likelihood solution of four or more items."""
    size, k = correlation.shape[:2]
    loadings, errors = np.full((2, size, k), np.nan)
    values, vectors = np.linalg.eigh(correlation)
    active = np.flatnonzero(values[:, 0] > _SINGULAR)
    r = correlation[active]
    first = vectors[active, :, -1] * np.sqrt(values[active, -1])[:, None] * 0.8
    state = np.concatenate([first, np.log(np.maximum(1 - first**2, 0.2))], axis=1)
    for _ in range(_STEPS):
        if not len(active):
            break
        step = _step(r, state)
        state, moved = _descended(r, state, step)
        still = moved < _STILL
        heywood = np.exp(state[:, k:]).min(axis=1) < _LEAST_ERROR
        done = still & ~heywood
        loadings[active[done]] = state[done, :k]
        errors[active[done]] = np.exp(state[done, k:])
        going = ~still & ~heywood
        active, r, state = active[going], r[going], state[going]
    return _proper(loadings, errors)


def _proper(loadings: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """The solutions without the improper ones."""
    with np.errstate(invalid="ignore"):
        proper = (errors >= _LEAST_ERROR).all(axis=1)
    kept = np.where(proper[:, None], 1.0, np.nan)
    return loadings * kept, errors * kept


def _misfit(r: Floats, state: Floats) -> Floats:
    """log|Sigma| + tr(R Sigma^-1)."""
    k = r.shape[1]
    loadings, errors = state[:, :k], np.exp(state[:, k:])
    # Sigma = l l' + diag(t): its determinant and inverse by the matrix determinant lemma.
    weighted = loadings / errors
    inside = 1 + (loadings * weighted).sum(axis=1)
    trace = (np.diagonal(r, axis1=1, axis2=2) / errors).sum(axis=1)
    trace = trace - np.einsum("fa,fab,fb->f", weighted, r, weighted) / inside
    return state[:, k:].sum(axis=1) + np.log(inside) + trace


def _step(r: Floats, state: Floats) -> Floats:
    """The Fisher scoring step of every fit, cut to the longest."""
    k = r.shape[1]
    loadings, errors = state[:, :k], np.exp(state[:, k:])
    sigma = _sigma(loadings, errors)
    inverse = np.linalg.inv(sigma)
    apart = inverse @ (r - sigma) @ inverse
    slope = np.concatenate(
        [
            2 * np.einsum("fab,fb->fa", apart, loadings),
            np.diagonal(apart, axis1=1, axis2=2) * errors,
        ],
        axis=1,
    )
    information = _information(loadings, inverse)
    scale = np.concatenate([np.ones_like(errors), errors], axis=1)
    information = information * scale[:, :, None] * scale[:, None, :]
    information += 1e-12 * np.eye(2 * k)
    step = np.linalg.solve(information, slope[:, :, None])[:, :, 0]
    longest = np.abs(step).max(axis=1, keepdims=True)
    return step * np.minimum(1.0, _LONGEST / np.maximum(longest, 1e-300))


def _descended(r: Floats, state: Floats, step: Floats) -> tuple[Floats, Floats]:
    """The states after their steps, halved while the misfit grows, and how far each moved."""
    before = _misfit(r, state)
    part = np.ones(len(state))
    for _ in range(_HALVINGS):
        worse = _misfit(r, state + part[:, None] * step) > before + 1e-12 * np.abs(before)
        if not worse.any():
            break
        part = np.where(worse, part / 2, part)
    return state + part[:, None] * step, np.abs(step).max(axis=1)


def _sigma(loadings: Floats, errors: Floats) -> Floats:
    return loadings[:, :, None] * loadings[:, None, :] + errors[:, :, None] * np.eye(
        loadings.shape[1]
    )


def _information(loadings: Floats, inverse: Floats) -> Floats:
    """tr(A D_i A D_j) with A the inverse of Sigma and D its derivatives by (loadings, errors)."""
    v = np.einsum("fab,fb->fa", inverse, loadings)
    c = (loadings * v).sum(axis=1)[:, None, None]
    both = 2 * (v[:, :, None] * v[:, None, :] + c * inverse)
    mixed = 2 * inverse * v[:, None, :]
    return np.block([[both, mixed], [mixed.transpose(0, 2, 1), inverse**2]])


def _covariance(loadings: Floats, errors: Floats, freedom: Whole) -> Floats:
    """Of the estimates: 2 / freedom times the inverse of the expected information."""
    size, k = loadings.shape
    found = np.full((size, 2 * k, 2 * k), np.nan)
    known = np.flatnonzero(np.isfinite(loadings).all(axis=1))
    if len(known):
        inverse = np.linalg.inv(_sigma(loadings[known], errors[known]))
        information = _information(loadings[known], inverse)
        found[known] = 2 / freedom[known, None, None] * np.linalg.pinv(information)
    return found
