using System.Text.Json;
using RaftAkka.Tool.Bench;
using Xunit;

namespace RaftAkka.Tool.Tests.Bench;

public sealed class BenchReportTests
{
    private readonly BenchResult _result = new()
    {
        Settings = new BenchSettings(),
        Elapsed = TimeSpan.FromSeconds(2),
        Latencies = Latencies((900, 800), (1_900, 150), (30_000, 50)),
        Failures = new Dictionary<BenchFailure, long>
        {
            [BenchFailure.NotApplied] = 2, [BenchFailure.Busy] = 1, [BenchFailure.Unknown] = 4, [BenchFailure.ReadFailed] = 0,
        },
        Reasons = new Dictionary<BenchFailure, string>
        {
            [BenchFailure.NotApplied] = "no leader", [BenchFailure.Busy] = "full", [BenchFailure.Unknown] = "no answer",
        },
        WrongReads = 0,
        NeverBegun = 0,
        Seconds = [Second(1, 400), Second(2, 600)],
        Cpu = new CpuReading(TimeSpan.FromMilliseconds(10), [("n1", TimeSpan.FromMilliseconds(5))]),
        UnseenNodes = [],
        ReadBack = new ReadBack(Keys: 10, Checked: 10, Later: 1, Lost: 0, Wrong: 0, Unread: 0),
    };

    [Fact]
    public void The_summary_adds_up()
    {
        Assert.Equal((1000, 500.0), (_result.Operations, _result.OperationsPerSecond));
        Assert.Equal((3, 4), (_result.Errors, _result.Unknown));
        Assert.Equal(0.9, _result.Milliseconds(50), tolerance: 0.01);
        Assert.Equal(1.9, _result.Milliseconds(90), tolerance: 0.01);
        Assert.Equal(30, _result.MaxMilliseconds, tolerance: 0.1);
        Assert.Equal(15, _result.MicrosecondsEach(_result.CpuOfAll));
    }

    [Fact]
    public void Json_has_what_a_script_asks_for()
    {
        var json = Json(_result);

        Assert.Equal(1000, json.GetProperty("operations").GetInt64());
        Assert.Equal(500, json.GetProperty("operationsPerSecond").GetDouble());
        Assert.Equal(0.9, json.GetProperty("p50Ms").GetDouble(), tolerance: 0.01);
        Assert.Equal(30, json.GetProperty("p99Ms").GetDouble(), tolerance: 0.1);
        Assert.Equal(30, json.GetProperty("maxMs").GetDouble(), tolerance: 0.1);
        Assert.Equal(3, json.GetProperty("errors").GetInt64());
        Assert.Equal(4, json.GetProperty("unknown").GetInt64());
        Assert.Equal(15, json.GetProperty("cpuMicrosPerOperation").GetProperty("all").GetDouble());
        Assert.True(json.GetProperty("verification").GetProperty("ok").GetBoolean());
        Assert.Equal(2, json.GetProperty("timeline").GetArrayLength());
        Assert.Equal("put", json.GetProperty("settings").GetProperty("op").GetString());
        Assert.Equal(100, json.GetProperty("settings").GetProperty("inFlight").GetInt32());
    }

    [Fact]
    public void Json_leaves_open_what_is_not_known()
    {
        var json = Json(_result with { ReadBack = null, UnseenNodes = ["n2"] });

        Assert.Equal(JsonValueKind.Null, json.GetProperty("verification").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("cpuMicrosPerOperation").GetProperty("all").ValueKind);
        Assert.Equal(
            JsonValueKind.Null, json.GetProperty("cpuMicrosPerOperation").GetProperty("nodes").GetProperty("n2").ValueKind);
    }

    [Fact]
    public void Text_tells_what_failed_and_what_was_kept()
    {
        var text = Text(_result);

        Assert.Contains("1,000 operations in 2.0 s: 500/s", text, StringComparison.Ordinal);
        Assert.Contains("4 writes have an unknown outcome; the first: no answer", text, StringComparison.Ordinal);
        Assert.Contains(
            "Read back 10 of 10 written keys: all acknowledged writes are there; 1 hold a later one.",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_says_whose_cpu_time_it_does_not_know() =>
        Assert.Contains(
            "The CPU time of n2, n3 is not known", Text(_result with { UnseenNodes = ["n2", "n3"] }),
            StringComparison.Ordinal);

    [Fact]
    public void A_lost_write_is_a_failure_and_says_so_loudly()
    {
        var broken = _result with { ReadBack = _result.ReadBack! with { Lost = 2 } };
        using var error = new StringWriter();

        Assert.Equal(1, BenchRunner.StatusOf(broken, error));
        Assert.Contains("did not show what it had acknowledged", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 LOST", Text(broken), StringComparison.Ordinal);
        Assert.False(Json(broken).GetProperty("verification").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_run_that_brought_nothing_is_unknown_and_one_with_errors_is_done()
    {
        Assert.Equal(0, BenchRunner.StatusOf(_result, TextWriter.Null));
        Assert.Equal(3, BenchRunner.StatusOf(_result with { Latencies = Measurements.Empty() }, TextWriter.Null));
        Assert.Equal(3, BenchRunner.StatusOf(
            _result with { ReadBack = _result.ReadBack! with { Unread = 1 } }, TextWriter.Null));
    }

    [Fact]
    public void The_chart_has_a_row_for_every_range_and_the_longest_bar_for_the_most_frequent()
    {
        var rows = LatencyChart.Rows(_result.Latencies);

        var longest = rows.Single(row => row.Contains(new string('█', 40), StringComparison.Ordinal));
        Assert.Contains("80.00 %", longest, StringComparison.Ordinal);
        Assert.StartsWith("< 1 ms", longest.TrimStart(), StringComparison.Ordinal);
        Assert.Equal(rows[^1], Assert.Single(rows, row => row.Contains(" 5.00 %", StringComparison.Ordinal)));
        Assert.InRange(rows.Count, 3, 17);
    }

    [Fact]
    public void The_chart_of_one_operation_is_one_row() =>
        Assert.Single(LatencyChart.Rows(Latencies((1_000, 1))));

    [Fact]
    public void The_chart_of_nothing_is_empty() => Assert.Empty(LatencyChart.Rows(Measurements.Empty()));

    [Fact]
    public void Small_bars_show_a_second_without_answers() =>
        Assert.Equal("▁█▅█", LatencyChart.Sparkline([0, 1000, 500, 1000]));

    private static BenchSecond Second(int end, double perSecond) => new(TimeSpan.FromSeconds(end), perSecond, 1, 2, 3);

    private static HdrHistogram.LongHistogram Latencies(params (long Microseconds, int Count)[] recorded)
    {
        var latencies = Measurements.Empty();
        foreach (var (microseconds, count) in recorded) latencies.RecordValueWithCount(microseconds, count);
        return latencies;
    }

    private static JsonElement Json(BenchResult result) => JsonDocument.Parse(BenchJson.Write(result)).RootElement;

    private static string Text(BenchResult result)
    {
        using var text = new StringWriter();
        BenchText.Write(result, text);
        return text.ToString();
    }
}
