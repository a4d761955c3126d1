"""Triptych's estimators for PySpark.

They take MLlib's params by MLlib's names, and those of the mode (``mode``, ``numWorkers``,
``epochs``, ``batchSize``, ``stepSize``, ``consistency``, ``topology``, ...). ``fit`` returns
PySpark's own models, so that saving, loading and serving need nothing of Triptych::

    from triptych import LogisticRegression
    model = LogisticRegression(regParam=0.01, mode="async", numWorkers=4).fit(training)
    trace(model).show()

The Java side must be on Spark's class path: ``spark-submit --jars triptych.jar --py-files
triptych.py``, or ``SparkSession.builder.config("spark.jars", "triptych.jar")``.
"""
from pyspark.ml import classification, regression
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.sql import DataFrame, SparkSession

__all__ = [
    "FMClassifier",
    "FMRegressor",
    "LinearRegression",
    "LinearSVC",
    "LogisticRegression",
    "MultilayerPerceptronClassifier",
    "trace",
]

_MODE_PARAMS = {
    "mode": TypeConverters.toString,
    "numWorkers": TypeConverters.toInt,
    "seed": TypeConverters.toInt,
    "syncAlgorithm": TypeConverters.toString,
    "epochs": TypeConverters.toFloat,
    "batchSize": TypeConverters.toInt,
    "stepSize": TypeConverters.toFloat,
    "schedule": TypeConverters.toString,
    "optimizer": TypeConverters.toString,
    "consistency": TypeConverters.toString,
    "staleness": TypeConverters.toInt,
    "numServers": TypeConverters.toInt,
    "deployment": TypeConverters.toString,
    "topology": TypeConverters.toString,
    "mixing": TypeConverters.toString,
    "gossipAlgorithm": TypeConverters.toString,
}


def _wrap(base):
    """A subclass of PySpark's estimator ``base`` whose Java side is Triptych's."""
    package = base.__module__.split(".")[-1]
    java_class = "dev.triptych.ml.%s.%s" % (package, base.__name__)

    def __init__(self, **params):
        base.__init__(self)
        # PySpark's constructor has made MLlib's estimator; ours takes its uid and its place.
        self._java_obj = self._new_java_obj(java_class, self.uid)
        self.setParams(**params)

    def setParams(self, **params):
        """Sets params by name."""
        return self._set(**params)

    members = {
        "__doc__": "pyspark.ml.%s.%s, trained by Triptych." % (package, base.__name__),
        "__init__": __init__,
        "setParams": setParams,
    }
    for name, converter in _MODE_PARAMS.items():
        if not hasattr(base, name):
            members[name] = Param(
                Params._dummy(), name, "see the Java class", typeConverter=converter
            )
        setter = "set" + name[0].upper() + name[1:]
        if not hasattr(base, setter):
            members[setter] = lambda self, value, _name=name: self._set(**{_name: value})
        getter = "get" + name[0].upper() + name[1:]
        if not hasattr(base, getter):
            members[getter] = lambda self, _name=name: self.getOrDefault(_name)
    return type(base.__name__, (base,), members)


LogisticRegression = _wrap(classification.LogisticRegression)
LinearSVC = _wrap(classification.LinearSVC)
FMClassifier = _wrap(classification.FMClassifier)
MultilayerPerceptronClassifier = _wrap(classification.MultilayerPerceptronClassifier)
LinearRegression = _wrap(regression.LinearRegression)
FMRegressor = _wrap(regression.FMRegressor)


def trace(model):
    """The trace of the run behind a model trained here, as a DataFrame."""
    summary = model._java_obj.summary()
    return DataFrame(summary.trace(), SparkSession.active())
