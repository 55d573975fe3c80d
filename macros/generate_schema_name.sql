{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- Schemas are the areas themselves (sales, marketing, ...): BI tools query stable names, without a target's prefix. -#}
    {{ custom_schema_name | trim if custom_schema_name is not none else target.schema }}
{%- endmacro %}
