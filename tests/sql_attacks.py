"""What somebody might try against the guard of people's SQL: statements, calls and tables, and the places for them.

`SECRET`, `OTHER`, `PORT` and `OUTFILE_PATH` stand for targets (`sql_targets.py`), `{}` for what is put into a place.
"""

import itertools

CALLS = """
file('SECRET')
FILE('SECRET')
`file`('SECRET')
"file"('SECRET')
arrayMap(file, ['SECRET'])
arrayMap((file), ['SECRET'])
arrayMap(((`file`)), ['SECRET'])
arrayMap(file AS f, ['SECRET'])
arrayMap(x -> file(x), ['SECRET'])
arrayMap((x, y) -> file(y), [1], ['SECRET'])
arrayFilter(file, ['SECRET'])
arrayFold((a, x) -> file(x), ['SECRET'], '')
mapApply(file, map('SECRET', 'x'))
arraySort(file, ['SECRET'])
arrayMap(length, ['SECRET'])
arrayReduce('groupConcat(file(\\'SECRET\\'))', ['a', 'b'])
arrayReduce('groupConcat(file(''SECRET''))', ['a', 'b'])
arrayReduce($$groupConcat(file('SECRET'))$$, ['a', 'b'])
arrayReduce(('groupConcat(file(\\'SECRET\\'))'), ['a', 'b'])
arrayReduce(concat('groupConcat(fi', 'le(\\'SECRET\\'))'), ['a', 'b'])
arrayReduce('groupConcatIf(file(\\'SECRET\\'))', ['a'], [1])
arrayReduceInRanges('groupConcat(file(\\'SECRET\\'))', [(1, 2)], ['a', 'b'])
initializeAggregation('groupConcat(file(\\'SECRET\\'))', 'a')
finalizeAggregation(initializeAggregation('groupConcatState(file(\\'SECRET\\'))', 'a'))
groupConcat(file('SECRET'))('a')
CAST('', 'a')::AggregateFunction(groupConcat(file('SECRET')), String)
dictGet('d', 'a', 1)
dictGetOrNull('OTHER.d', 'a', 1)
dictHas('d', 1)
joinGet('OTHER.private', 'a', 1)
joinGetOrNull('private', 'a', 1)
hasColumnInTable('OTHER', 'private', 'a')
in(1, OTHER.private)
notIn('x', private)
globalIn('x', OTHER.private)
nullIn('x', private)
NOT in(1, private)
getSetting('max_threads')
getSettingOrDefault('x', 1)
getServerSetting('max_server_memory_usage')
getMacro('x')
getServerPort('http_port')
getClientHTTPHeader('Authorization')
getMergeTreeSetting('x')
hostName()
hostname()
FQDN()
fullHostName()
serverUUID()
tcpPort()
uptime()
buildId()
revision()
getOSKernelVersion()
currentUser()
user()
current_user()
authenticatedUser()
currentProfiles()
enabledRoles()
currentDatabase()
queryID()
initialQueryID()
connectionId()
transactionID()
globalVariable('x')
filesystemAvailable()
filesystemCapacity('default')
filesystemUnreserved()
showCertificate()
zookeeperSessionUptime()
hasThreadFuzzer()
sleep(3)
sleepEachRow(1)
logTrace('x')
addressToLine(1)
addressToSymbol(1)
demangle('x')
tid()
evalMLMethod(1, 2)
naiveBayesClassifier('a', 'b')
detectLanguage('x')
lemmatize('en', 'x')
synonyms('x', 'y')
catboostEvaluate('SECRET', 1)
aiGenerate('x')
AIClassify('x', ['y'])
encrypt('aes-128-ecb', 'x', 'y')
formatRow('CSV', 1)
formatQuery('SELECT 1')
generateRandomStructure()
structureToProtobufSchema('a Int8')
regionToName(1)
timeSeriesIdToTags(1)
executable('x')
url('http://127.0.0.1:PORT/')
s3('x')
CAST('x', 'y').file('SECRET')
system.file('SECRET')
no_such_function(1)
__getScalar('x')
_CAST(1, 'String')
x'41'
{p:String}
{`p`:Identifier}
@@version
(SELECT * FROM file('SECRET', 'LineAsString'))
(SELECT a FROM OTHER.private)
(FROM private SELECT a)
(EXPLAIN SELECT 1)
EXISTS(SELECT 1 FROM private)
1 IN private
1 IN (private)
1 IN ((private))
1 IN (OTHER.private)
1 IN (private AS p)
1 NOT IN OTHER.private
1 GLOBAL IN `private`
1 IN (SELECT number FROM private)
1 = ANY (SELECT number FROM private)
1 IN (1, private)
1 IN file('SECRET')
""".strip().split("\n")

PLACES = """
SELECT {}
SELECT 1, {} AS a
SELECT DISTINCT {}
SELECT 1 WHERE {} = '1'
SELECT number FROM numbers(1) WHERE 1 AND {}
WITH {} AS a SELECT a
WITH x -> {} AS f SELECT f(1)
SELECT 1 ORDER BY {}
SELECT count() FROM spans GROUP BY {}
SELECT 1 LIMIT {}
SELECT if(1, {}, '')
SELECT [{}]
SELECT tuple({}, 1).1
SELECT arrayMap(x -> {}, [1])
SELECT * FROM values('a String', {})
SELECT * FROM numbers({})
SELECT * REPLACE ({} AS service) FROM spans
SELECT 1 UNION ALL SELECT {}
SELECT CASE WHEN 1 THEN {} END
SELECT count() FILTER (WHERE {} != '') FROM spans
SELECT sum(1) OVER (ORDER BY {})
SELECT x FROM (SELECT {} AS x)
SELECT * FROM spans AS a JOIN logs AS b ON a.trace_id = {}
SELECT * FROM spans ARRAY JOIN [{}] AS x
SELECT 1 ? {} : 2
SELECT toString({})::String
EXPLAIN SELECT {}
EXPLAIN AST SELECT {}
DESCRIBE (SELECT {})
""".strip().split("\n")

TABLES = """
private
`private`
"private"
PRIVATE
OTHER.private
`OTHER`.`private`
OTHER . private
OTHER/**/.private
OTHER.`private` FINAL
otel_spans
schema_versions
nowhere
'SECRET'
$$SECRET$$
`SECRET`
"SECRET"
default.`SECRET`
system.users
system.grants
system.processes
system.settings
system.server_settings
system.query_log
system.disks
system.parts
system.databases
system.named_collections
system.macros
system.clusters
system.backups
system.stack_trace
system.build_options
system.errors
SYSTEM.users
`system`.users
information_schema.tables
INFORMATION_SCHEMA.TABLES
system.one.private
file('SECRET', 'LineAsString')
File('SECRET')
`file`('SECRET', 'LineAsString')
url('http://127.0.0.1:PORT/', 'LineAsString')
remote('127.0.0.1:PORT', OTHER.private)
merge('OTHER', 'private')
merge('private')
view(SELECT * FROM private)
viewIfPermitted(SELECT 1 ELSE null('x Int8'))
viewExplain('EXPLAIN', '', (SELECT 1))
eval('SELECT 1')
values('a String, b String ALIAS file(\\'SECRET\\')', 'x')
values('a String, b String ALIAS file(''SECRET'')', 'x')
values('a String, b String alias/**/file(''SECRET'')', 'x')
values('a String, b String AL\\x49AS file(''SECRET'')', 'x')
values('a String, b String DEFAULT file(''SECRET'')', ('x', 'y'))
values('a String, b String MATERIALIZED 1 IN private', 'x')
values($$a String, b String ALIAS file('SECRET')$$, 'x')
values(('a String, b String ALIAS file(''SECRET'')'), 'x')
values(concat('a String, b String ALIAS fi', 'le(''SECRET'')'), 'x')
values('a String, b String ALIAS (SELECT a FROM private)', 'x')
loop(OTHER.private)
executable('x', 'TSV', 'a String')
python(x)
Python(x)
arrowstream(x)
input('a String')
null('a String')
format(TSV, 'x')
system.numbers(1)
numbers.private
(private)
((private))
(OTHER.private)
((SELECT 1) AS a, private)
((SELECT 1) AS a JOIN private AS b ON 1)
(EXPLAIN SELECT 1)
(SHOW TABLES)
(VALUES (1), (2))
(file('SECRET'))
(SELECT * FROM private)
(WITH a AS (SELECT 1) SELECT * FROM private)
{p:Identifier}
1
""".strip().split("\n")

TABLE_PLACES = """
SELECT * FROM {}
SELECT * FROM {} AS a
SELECT * FROM {} WHERE 1
SELECT * FROM spans, {}
SELECT * FROM spans AS a CROSS JOIN {}
SELECT * FROM spans a LEFT JOIN {} AS b ON 1
SELECT * FROM spans a GLOBAL ANY INNER JOIN {} AS b USING (trace_id)
SELECT * FROM spans AS a JOIN logs AS b ON a.trace_id = b.trace_id, {}
SELECT * FROM spans AS array JOIN {}
SELECT * FROM spans AS AS JOIN {}
SELECT * FROM spans AS a JOIN logs AS b ON a.x = array JOIN {}
SELECT * FROM spans ARRAY JOIN [1] AS x JOIN {} AS b ON 1
SELECT * FROM (SELECT * FROM {})
SELECT 1 IN (SELECT a FROM {})
WITH x AS (SELECT * FROM {}) SELECT * FROM x
SELECT (SELECT count() FROM {})
SELECT 1 UNION ALL SELECT 1 FROM {}
SELECT 1 INTERSECT SELECT 1 FROM {}
SELECT 1 EXCEPT SELECT 1 FROM {}
EXPLAIN SELECT * FROM {}
EXPLAIN ESTIMATE SELECT * FROM {}
DESCRIBE {}
DESCRIBE TABLE {}
SHOW COLUMNS FROM {}
SHOW CREATE TABLE {}
FROM {} SELECT *
SELECT EXISTS(SELECT 1 FROM {})
SELECT extract(SELECT 1 FROM {})
SELECT x IS DISTINCT FROM {}
SELECT is DISTINCT FROM {}
SELECT TOP 1 is DISTINCT FROM {}
SELECT on FROM {}
SELECT * FROM spans AS a JOIN logs AS b ON where = 1, {}
SELECT * FROM spans AS a JOIN logs AS b ON 1 AND order = 1, {}
SELECT * FROM spans order, {}
SELECT * FROM spans window, {}
SELECT * FROM spans fetch, {}
SELECT * FROM spans limit, {}
SELECT * FROM spans AS a JOIN logs AS b USING x, {}
SELECT 1 AS from FROM {}
SELECT 1 AS AS FROM {}
SELECT DISTINCT ON (1) in(1, {})
SELECT TOP 1 in(1, {})
SELECT ALL in(1, {})
SELECT 1 FROM spans SAMPLE 1, {}
SELECT 1 FROM system.one |> JOIN {}
""".strip().split("\n")

STATEMENTS = """
INSERT INTO private VALUES ('x', 1)
INSERT INTO FUNCTION file('OUTFILE_PATH') SELECT 1
INSERT INTO FUNCTION url('http://127.0.0.1:PORT/') SELECT 1
CREATE TABLE x (a UInt8) ENGINE = Memory
CREATE TEMPORARY TABLE x (a UInt8)
CREATE VIEW x AS SELECT 1
CREATE MATERIALIZED VIEW x ENGINE = Memory AS SELECT 1
CREATE FUNCTION f AS x -> file(x)
CREATE DICTIONARY d (a UInt64) PRIMARY KEY a SOURCE(FILE(PATH 'SECRET' FORMAT TSV)) LAYOUT(FLAT()) LIFETIME(0)
CREATE USER u
CREATE NAMED COLLECTION c AS a = 1
CREATE DATABASE d
DROP TABLE private
DROP DATABASE OTHER
UNDROP TABLE private
TRUNCATE TABLE private
ALTER TABLE private DELETE WHERE 1
ALTER TABLE private ADD COLUMN b UInt8
DELETE FROM private WHERE 1
UPDATE private SET a = 'x' WHERE 1
RENAME TABLE private TO x
EXCHANGE TABLES private AND spans
OPTIMIZE TABLE private FINAL
CHECK TABLE private
ATTACH TABLE x
DETACH TABLE private
SET readonly = 0
SET max_threads = 1
SET ROLE ALL
USE OTHER
GRANT ALL ON *.* TO default
REVOKE ALL ON *.* FROM default
KILL QUERY WHERE 1
KILL MUTATION WHERE 1
SYSTEM SHUTDOWN
SYSTEM FLUSH LOGS
SYSTEM RELOAD CONFIG
BACKUP TABLE private TO File('OUTFILE_PATH')
RESTORE TABLE private FROM File('SECRET')
EXECUTE AS default SELECT 1
BEGIN TRANSACTION
COMMIT
WATCH private
MOVE USER u TO x
EXISTS TABLE private
TABLE private
VALUES (1)
1
file('SECRET')
SELECT 1; DROP TABLE private
SELECT 1;; DROP TABLE private
SELECT 1 /* */ ; /* */ DROP TABLE private
SELECT ';' ; DROP TABLE private
SELECT "a;" ; DROP TABLE private
SELECT 1 -- '
; DROP TABLE private
SELECT 1 # '
; DROP TABLE private
SELECT 1 // x
; DROP TABLE private
SELECT /* /* */ ' */ 1 /* ' */; DROP TABLE private
SELECT $$ ' $$; DROP TABLE private
SELECT 1 INTO OUTFILE 'OUTFILE_PATH'
SELECT 1 into/**/outfile 'OUTFILE_PATH'
SELECT 1 AS a INTO OUTFILE 'OUTFILE_PATH' TRUNCATE FORMAT CSV
SELECT on INTO OUTFILE 'OUTFILE_PATH'
SELECT 1 AS AS INTO OUTFILE 'OUTFILE_PATH'
SELECT 1 AS into INTO OUTFILE 'OUTFILE_PATH'
SELECT * FROM spans INTO OUTFILE 'OUTFILE_PATH'
(SELECT 1) INTO OUTFILE 'OUTFILE_PATH'
EXPLAIN SELECT 1 INTO OUTFILE 'OUTFILE_PATH'
DESCRIBE spans INTO OUTFILE 'OUTFILE_PATH'
SHOW TABLES INTO OUTFILE 'OUTFILE_PATH'
SELECT 1 FORMAT JSON
SELECT 1 FORMAT Null
SELECT 1 format/**/TSV
SELECT 1 FORMAT `JSON`
SELECT 1 SETTINGS max_threads = 1
SELECT 1 SETTINGS readonly = 0, allow_ddl = 1
SELECT * FROM (SELECT 1 SETTINGS max_threads = 1)
SELECT 1 settings/**/max_memory_usage = 0
SELECT 1 SETTINGS dialect = 'kusto'
SELECT 1 PARALLEL WITH DROP TABLE private
SELECT 1 |> SELECT 2
SELECT * FROM spans |> WHERE 1
WITH x AS (INSERT INTO private VALUES ('x', 1)) SELECT 1
WITH private AS (SELECT * FROM private) SELECT * FROM private
WITH a AS (SELECT 1), private AS (SELECT * FROM private, a) SELECT * FROM private
SELECT (WITH private AS (SELECT 1) SELECT 1 FROM private), a FROM private
SELECT * FROM (WITH private AS (SELECT 1 AS a) SELECT a FROM private) AS x, private
WITH 1 AS private SELECT * FROM private
WITH (SELECT 1) AS private SELECT * FROM private
SELECT 1 AS private FROM private
SELECT * APPLY(file) FROM (SELECT 'SECRET' AS a)
SELECT * APPLY file FROM (SELECT 'SECRET' AS a)
SELECT * APPLY(`file`) FROM (SELECT 'SECRET' AS a)
SELECT * APPLY((file)) FROM (SELECT 'SECRET' AS a)
SELECT * APPLY(x -> file(x)) FROM (SELECT 'SECRET' AS a)
SELECT COLUMNS('a') APPLY(length) APPLY(file) FROM (SELECT 'SECRET' AS a)
SELECT a.* EXCEPT b APPLY file FROM (SELECT 'SECRET' AS a, 1 AS b) AS a
SELECT file FROM (SELECT 'SECRET' AS file)
WITH file AS f SELECT arrayMap(f, ['SECRET'])
WITH file AS length SELECT arrayMap(length, ['SECRET'])
WITH x -> file(x) AS f SELECT f('SECRET')
EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:PORT', 'a', 'b', 'c', 'd') PARTITION BY 1
EXPLAIN CURRENT TRANSACTION
EXPLAIN INSERT INTO private VALUES ('x', 1)
EXPLAIN DROP TABLE private
EXPLAIN AST DROP TABLE private
EXPLAIN SYNTAX CREATE TABLE x (a UInt8) ENGINE = Memory
EXPLAIN EXPLAIN SELECT 1
SHOW DATABASES
SHOW TABLES FROM OTHER
SHOW TABLES IN system
SHOW TABLES WHERE file('SECRET') = ''
SHOW TABLES LIKE file('SECRET')
SHOW FULL TABLES
SHOW DICTIONARIES
SHOW GRANTS
SHOW USERS
SHOW ROLES
SHOW ACCESS
SHOW PROCESSLIST
SHOW SETTINGS LIKE '%'
SHOW SETTING max_threads
SHOW ENGINES
SHOW CLUSTERS
SHOW PROFILES
SHOW POLICIES
SHOW INDEX FROM spans
SHOW CREATE USER default
SHOW CREATE DATABASE OTHER
SHOW CREATE DICTIONARY d
SHOW CREATE OTHER.private
SHOW COLUMNS FROM spans FROM OTHER
SHOW FUNCTIONS WHERE 1
SHOW
EXPLAIN
DESC
""".strip()


def statements() -> list[str]:
    """One a line; a line that does not begin like a statement belongs to the one before."""
    found: list[str] = []
    for line in STATEMENTS.split("\n"):
        if line.startswith(";"):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


ATTACKS = [
    *statements(),
    *(place.replace("{}", call) for place, call in itertools.product(PLACES, CALLS)),
    *(place.replace("{}", table) for place, table in itertools.product(TABLE_PLACES, TABLES)),
]


# Words for statements put together by chance, around these.
VOCABULARY = """
SELECT FROM WHERE JOIN ARRAY LEFT ON USING IN NOT GLOBAL AS WITH RECURSIVE DISTINCT TOP ALL UNION EXCEPT ORDER GROUP BY
LIMIT OFFSET WINDOW FORMAT APPLY IS AND OR CASE WHEN THEN END OVER FILTER EXISTS INTERVAL BETWEEN LIKE FINAL SAMPLE
HAVING QUALIFY FETCH FIRST TABLE VALUES EXPLAIN COLUMNS REPLACE ANY CROSS ASOF NULL INTO SETTINGS LATERAL VIEW
( ) ( ) ( ) , , . * -> = 1 2 'x' [ ] :: ? : - spans private OTHER.private numbers(1) system.one file length array is
file('SECRET') arrayMap( in( position( extract( trim( 'SECRET' `SECRET` (SELECT count() number a DAY
"""
FRAMES = [
    "SELECT {} FROM {}",
    "SELECT * FROM system.one AS a {}",
    "WITH {} SELECT * FROM {}",
    "SELECT * FROM system.one AS a JOIN system.one AS b ON {}",
    "SELECT * FROM system.one AS a JOIN numbers(1) AS b ON {} , OTHER.private",
    "SELECT {} IN ({})",
    "SELECT {} OTHER.private",
    "SELECT {} FROM private",
    "WITH {} AS (SELECT 1) SELECT * FROM private",
    "SELECT arrayMap({} file {}, ['SECRET'])",
    "SELECT {} in('x', private)",
    "SELECT a FROM (SELECT 1 AS a) {} JOIN private {}",
    "SELECT * {} APPLY {} file {} FROM (SELECT 'SECRET' AS a)",
]
