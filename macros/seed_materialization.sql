{#-
    Loads a seed as the file says: every column as text, plus the address of each record.

    dbt's own seed infers types (00501 becomes 501) and inserts row by row. DuckDB's reader keeps the text
    and is about fifteen times as fast. A relation that landing has filled (its comment starts with
    `landed:`) stays untouched: the sample company never overwrites a company's own exports.
-#}
{% materialization seed, adapter='duckdb' %}

    {%- set relation = this.incorporate(type='table') -%}
    {%- set export = config.get('meta', {}).get('export') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if is_landed(relation) -%}
        {%- call statement('main') -%} select 1 as landed {%- endcall -%}
    {%- elif export and export.system != 'reference' and env_var('EXPORTS_DIR', '') -%}
        {{ exceptions.raise_compiler_error(
            "EXPORTS_DIR is set, but " ~ relation.render() ~ " has not been landed. Run `make refresh` (or `python -m orchestration land`) "
            ~ "to land the exports first, or unset EXPORTS_DIR to build the sample company."
        ) }}
    {%- else -%}
        {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
        {%- if old_relation is not none and old_relation.is_view -%}
            {%- do adapter.drop_relation(old_relation) -%}
        {%- endif -%}
        {%- call statement('main') -%}
            create or replace table {{ relation }} as
            select
                *,
                {{ dbt.string_literal(model['original_file_path'] | replace('\\', '/')) }} as _export_file,
                row_number() over () as _export_record
            from read_csv(
                {{ dbt.string_literal(dbt.escape_single_quotes(model['root_path'] ~ '/' ~ model['original_file_path'])) }},
                header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', strict_mode = true
            )
        {%- endcall -%}
    {%- endif -%}

    {#- dbt prints the number of rows of a seed from this result -#}
    {%- call statement('agate_table', fetch_result=True) -%}
        select count(*) as row_count from {{ relation }}
    {%- endcall -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [relation]}) }}

{% endmaterialization %}


{% macro is_landed(relation) %}
    {#- Whether landing, and not the seed step, owns this relation: landing says so in the relation's comment. -#}
    {%- set query -%}
        select comment from duckdb_tables() where schema_name = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}' and comment like 'landed:%'
        union all
        select comment from duckdb_views() where schema_name = '{{ relation.schema }}' and view_name = '{{ relation.identifier }}' and comment like 'landed:%'
    {%- endset -%}
    {{ return(run_query(query).rows | length > 0) }}
{% endmacro %}
