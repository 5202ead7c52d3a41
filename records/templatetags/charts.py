"""Template tags that draw charts; docs/look.md says where they belong."""

from django import template

from records.charts import svg

register = template.Library()
register.filter("plot", svg.plot)
register.filter("chart_key", svg.keys)
register.simple_tag(svg.pattern, name="chart_pattern")
