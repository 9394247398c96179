"""A fitted forest and its predictions, OpenMP clustering and boosting, pipelines, pickles."""

import pickle
import warnings

import numpy as np
from sklearn import cluster, datasets, decomposition, ensemble, linear_model, metrics
from sklearn import model_selection, neighbors, pipeline, preprocessing, svm
from sklearn.exceptions import NotFittedError

from bodies import digest, refusal, rounded


def forest(x, y):
    # Two threads of joblib; the trees do not depend on which thread grows them.
    model = ensemble.RandomForestClassifier(n_estimators=30, random_state=0, n_jobs=2)
    with warnings.catch_warnings():
        # scikit-learn 1.9 takes joblib 1.6 for a foreign way to run its tasks.
        warnings.filterwarnings("ignore", message=".*utils.parallel.delayed", category=UserWarning)
        model.fit(x, y)
        again = pickle.loads(pickle.dumps(model))
        assert (again.predict_proba(x) == model.predict_proba(x)).all()
    return {
        "predictions": digest(model.predict(x).astype("i4")),
        "importances": rounded(model.feature_importances_),
        "depths": [tree.get_depth() for tree in model.estimators_[:5]],
    }


def boosted(x, y):
    model = ensemble.HistGradientBoostingRegressor(max_iter=20, random_state=0)
    scores = model_selection.cross_val_score(model, x, y, cv=3)
    return [round(float(score), 5) for score in scores]


def clusters(x):
    means = cluster.KMeans(n_clusters=3, n_init=3, random_state=0).fit(x)
    dense = cluster.DBSCAN(eps=0.6).fit(x)
    return {
        "sizes": sorted(np.bincount(means.labels_).tolist()),
        "inertia": round(float(means.inertia_), 5),
        "dense": np.unique(dense.labels_, return_counts=True)[1].tolist(),
    }


def pipelines(x, y):
    steps = [preprocessing.StandardScaler(), decomposition.PCA(3), svm.SVC(C=2.0)]
    model = pipeline.make_pipeline(*steps)
    grid = model_selection.GridSearchCV(model, {"svc__C": [0.5, 2.0]}, cv=3).fit(x, y)
    logistic = linear_model.LogisticRegression(max_iter=500).fit(x, y)
    matrix = metrics.confusion_matrix(y, grid.predict(x))
    near = neighbors.KNeighborsClassifier(5).fit(x, y)
    return {
        "best": grid.best_params_,
        "matrix": matrix.tolist(),
        "logistic": digest(logistic.predict(x).astype("i4")),
        "near": rounded(near.score(x, y)),
    }


def run():
    x, y = datasets.load_iris(return_X_y=True)
    numbers, target = datasets.make_regression(600, 8, noise=3.0, random_state=1)
    return {
        "forest": forest(x, y),
        "boosted": boosted(numbers, target),
        "clusters": clusters(x),
        "pipelines": pipelines(x, y),
        "refused": refusal(NotFittedError, svm.SVC().predict, x),
    }
