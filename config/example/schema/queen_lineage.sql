-- SPDX-License-Identifier: Apache-2.0
-- Combwise queen lineage: who is whose daughter, and which line winters best.

CREATE TABLE queen (
    queen_id        bigint PRIMARY KEY,
    mother_id       bigint REFERENCES queen,
    mating_station  text NOT NULL,
    marked_colour   text CHECK (marked_colour IN ('white', 'yellow', 'red', 'green', 'blue')),
    emerged_on      date NOT NULL,
    lost_on         date,
    clipped         boolean NOT NULL DEFAULT false
);

CREATE TABLE colony_winter (
    hive_code       text NOT NULL,
    queen_id        bigint NOT NULL REFERENCES queen,
    winter_of       integer NOT NULL,
    seams_october   numeric(4, 1) NOT NULL,
    seams_march     numeric(4, 1),
    stores_eaten_kg numeric(5, 2),
    mites_per_day   numeric(6, 3),
    PRIMARY KEY (hive_code, winter_of)
);

-- Seams of bees left in spring for each seam in autumn, set against the mites the colony carried in.
CREATE VIEW wintering_index AS
SELECT w.queen_id,
       w.winter_of,
       coalesce(w.seams_march, 0) / nullif(w.seams_october, 0)
           * (1 + ln(1 + coalesce(w.mites_per_day, 0.5)) / 4) AS kept_share,
       w.stores_eaten_kg / nullif(w.seams_october, 0) AS kilos_a_seam
  FROM colony_winter w;

-- A line is judged by daughters and granddaughters; a great-granddaughter owes too much to strange drones.
CREATE FUNCTION line_verdict(foundress bigint, winters integer)
RETURNS TABLE (generation integer, daughters bigint, mean_kept numeric, thrifty boolean)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE line AS (
        SELECT q.queen_id, 0 AS generation
          FROM queen q
         WHERE q.queen_id = foundress
        UNION ALL
        SELECT d.queen_id, line.generation + 1
          FROM queen d
          JOIN line ON d.mother_id = line.queen_id
         WHERE line.generation < 2
           AND d.mating_station <> 'open air'
    ), judged AS (
        SELECT line.generation, line.queen_id, x.kept_share, x.kilos_a_seam,
               row_number() OVER (PARTITION BY line.queen_id ORDER BY x.winter_of DESC) AS winter_back
          FROM line
          JOIN wintering_index x USING (queen_id)
    )
    SELECT judged.generation,
           count(DISTINCT judged.queen_id),
           round(avg(judged.kept_share), 3),
           avg(judged.kilos_a_seam) < 1.35
      FROM judged
     WHERE judged.winter_back <= winters
     GROUP BY judged.generation
     ORDER BY judged.generation;
$$;

-- A supersedure nobody saw: an unmarked queen lays in a hive whose marked queen was never written off.
CREATE VIEW silent_supersedure AS
SELECT i.hive_code, q.queen_id AS supposed_queen, i.seen_on, i.seen_on - q.emerged_on AS days_old
  FROM inspection i
  JOIN queen q ON q.queen_id = i.expected_queen
 WHERE q.lost_on IS NULL
   AND q.marked_colour IS NOT NULL
   AND i.queen_seen
   AND i.colour_seen IS DISTINCT FROM q.marked_colour
   AND i.eggs_in_cells = 1;
