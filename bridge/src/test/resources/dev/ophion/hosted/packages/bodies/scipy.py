"""An ODE, an FFT, sparse and dense systems, optimisation with Python callbacks, statistics."""

import numpy as np
from scipy import fft, integrate, interpolate, linalg, optimize, signal, sparse, spatial, special
from scipy import stats
from scipy.sparse import linalg as sparse_linalg

from bodies import refusal, rounded


def ode():
    def lotka_volterra(_, z):
        prey, hunters = z
        return [1.5 * prey - prey * hunters, prey * hunters - 3 * hunters]

    ends = {}
    for method in ("RK45", "LSODA", "BDF"):
        solved = integrate.solve_ivp(lotka_volterra, (0, 5), [10, 5], method=method, rtol=1e-8)
        assert solved.success, solved.message
        # Solvers agree to their tolerance; their own last digits may depend on the CPU.
        ends[method] = [round(float(value), 3) for value in solved.y[:, -1]]
    area, _ = integrate.quad(lambda x: np.exp(-(x**2)), -np.inf, np.inf)
    return {"ends": ends, "area": rounded(area)}


def transforms():
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(3000)
    assert np.allclose(fft.idct(fft.dct(samples)), samples)
    b, a = signal.butter(4, 0.2)
    smooth = signal.filtfilt(b, a, samples)
    return {
        "fft": rounded(np.abs(fft.fft(samples, workers=2))[1:4]),
        "smooth": rounded(smooth.std()),
        "peaks": len(signal.find_peaks(smooth)[0]),
    }


def systems():
    n = 400
    laplacian = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n)).tocsc()
    direct = sparse_linalg.spsolve(laplacian, np.ones(n))
    iterative, failed = sparse_linalg.cg(laplacian, np.ones(n), rtol=1e-10)
    assert failed == 0 and np.allclose(direct, iterative)
    smallest = sparse_linalg.eigsh(laplacian, k=3, sigma=0, v0=np.ones(n))[0]
    dense = linalg.expm(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    components, labels = sparse.csgraph.connected_components(
        sparse.csr_array(([1, 1], ([0, 2], [1, 3])), shape=(5, 5)), directed=False
    )
    return {
        "middle": rounded(direct[n // 2]),
        "smallest": rounded(np.sort(smallest)),
        "rotation": rounded(dense),
        "components": [int(components), labels.tolist()],
        "singular": refusal(linalg.LinAlgError, linalg.cholesky, -np.eye(2)),
    }


def optimisation():
    found = optimize.minimize(optimize.rosen, [1.3, 0.7, 0.8], method="L-BFGS-B")
    root = optimize.brentq(lambda x: x**3 - x - 2, 1, 2)
    linear = optimize.linprog([-1, -2], A_ub=[[1, 1], [1, -1]], b_ub=[4, 2])
    fitted, _ = optimize.curve_fit(lambda x, a, b: a * np.exp(b * x), [0, 1, 2], [2, 4, 8])
    broken = refusal(ZeroDivisionError, optimize.brentq, lambda x: 1 / 0, 0, 1)
    return {
        "rosen": [round(float(value), 4) for value in found.x],
        "root": rounded(root),
        "linear": rounded(linear.x),
        "fitted": [round(float(value), 6) for value in fitted],
        "broken": broken,
    }


def points_and_numbers():
    rng = np.random.default_rng(11)
    points = rng.random((500, 2))
    distances, _ = spatial.KDTree(points).query([[0.5, 0.5]], k=3)
    spline = interpolate.CubicSpline(np.arange(6), np.arange(6) ** 3)
    return {
        "near": rounded(distances),
        "hull": len(spatial.ConvexHull(points).vertices),
        "spline": rounded(spline(2.5)),
        "gamma": rounded(special.gamma([0.5, 5])),
        "bessel": rounded(special.jv(1, 2.0)),
        "t": rounded(stats.ttest_ind(points[:, 0], points[:, 1]).pvalue),
        "normal": rounded(stats.norm.ppf([0.05, 0.5, 0.95])),
    }


def run():
    return {
        "ode": ode(),
        "transforms": transforms(),
        "systems": systems(),
        "optimisation": optimisation(),
        "points": points_and_numbers(),
    }
