-- The attributes of some days, from the catalogue: all that were counted, whether or not their values are listed.
SELECT place, key, argMax(type, counted) AS its_type, sum(counted) AS held
FROM (
    SELECT place, key, type, sum(count) AS counted
    FROM catalogue
    WHERE day BETWEEN toDate(fromUnixTimestamp64Nano({start:Int64})) AND toDate(fromUnixTimestamp64Nano({end:Int64}))
      AND signal = {signal:String} AND NOT listed
    GROUP BY place, key, type
)
GROUP BY place, key
