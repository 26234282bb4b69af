extension CommonIdioms {
    static let sql = #"""
        CREATE TABLE IF NOT EXISTS items (
            id bigint NOT NULL,
            name text NOT NULL,
            owner_id integer REFERENCES owners (id) ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (id)
        );
        CREATE UNIQUE INDEX items_name_idx ON items (name);
        INSERT INTO items (id, name, owner_id) VALUES (1, 'a', 2);
        UPDATE items SET name = 'b' WHERE id = 1;
        DELETE FROM items WHERE id = 1;
        GRANT SELECT, INSERT, UPDATE, DELETE ON items TO reader;
        SELECT i.id, i.name, count(*) AS total
        FROM items i
        JOIN owners o ON o.id = i.owner_id
        LEFT JOIN orders r ON r.item_id = i.id
        WHERE i.name = 'a' AND o.active = true
        GROUP BY i.id, i.name
        HAVING count(*) > 1
        ORDER BY total DESC
        LIMIT 10;
        SELECT c.relname, n.nspname, a.attname, format_type(a.atttypid, a.atttypmod)
        FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = 'public' AND c.relname = 'items' AND a.attnum > 0 AND NOT a.attisdropped;
        SELECT c.oid, n.nspname, c.relname
        FROM pg_class c
        JOIN pg_namespace n ON c.relnamespace = n.oid
        WHERE c.relkind = 'r' AND c.relname = p_name::name AND n.nspname = p_schema::name
        ORDER BY n.nspname, c.relname;
        SELECT c.relname, ci.relname, i.indisunique, i.indisprimary
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
        JOIN pg_catalog.pg_class ci ON ci.oid = i.indexrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = ci.relnamespace
        LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace
        JOIN pg_catalog.pg_am am ON ci.relam = am.oid
        JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[1]
        WHERE n.nspname = 'public' AND c.relname = 'items';
        SELECT n.nspname, c.relname
        FROM pg_catalog.pg_inherits h
        JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
        JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
        WHERE h.inhparent = 'items'::regclass;
        SELECT pn.nspname, pc.relname, cn.nspname, cc.relname
        FROM pg_catalog.pg_inherits i
        JOIN pg_catalog.pg_class pc ON i.inhparent = pc.oid
        JOIN pg_catalog.pg_namespace pn ON pc.relnamespace = pn.oid
        JOIN pg_catalog.pg_class cc ON i.inhrelid = cc.oid
        JOIN pg_catalog.pg_namespace cn ON cc.relnamespace = cn.oid;
        SELECT con.conname, con.contype, pg_get_constraintdef(con.oid)
        FROM pg_catalog.pg_constraint con
        JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relname = 'items';
        SELECT p.proname, n.nspname, r.rolname, l.lanname
        FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON p.pronamespace = n.oid
        JOIN pg_catalog.pg_roles r ON p.proowner = r.oid
        JOIN pg_catalog.pg_language l ON p.prolang = l.oid
        WHERE n.nspname = 'public' AND p.proname = 'run';
        SELECT t.typname FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typname = 'kind';
        SELECT t.tgname FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND NOT t.tgisinternal;
        SELECT column_name, data_type FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = 'items' ORDER BY ordinal_position;
        CREATE OR REPLACE FUNCTION run(p_name text, p_size int DEFAULT 1) RETURNS boolean
        LANGUAGE plpgsql
        AS $$
        DECLARE
            v_count int;
            v_row record;
        BEGIN
            SELECT count(*) INTO v_count FROM items WHERE name = p_name;
            IF v_count = 0 THEN
                RAISE EXCEPTION 'no item named %', p_name;
            END IF;
            FOR v_row IN SELECT * FROM items ORDER BY name LOOP
                EXECUTE format('DROP TABLE IF EXISTS %I.%I', v_row.schemaname, v_row.tablename);
            END LOOP;
            RETURN true;
        EXCEPTION
            WHEN others THEN
                GET STACKED DIAGNOSTICS v_message = MESSAGE_TEXT;
                RAISE NOTICE '%', SQLERRM;
                RETURN false;
        END
        $$;
        """#
}
