"""Files about countries, organizations, materials and measures."""

# A file of the data set exists once its class is read.
from measures.dataset import disputes, materials, measures, nomenclatures, organizations

__all__ = ["disputes", "materials", "measures", "nomenclatures", "organizations"]
