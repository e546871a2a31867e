using System.Text.Json;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>The load generator against a real server. What it measures is the machine's business.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task A_short_run_reports_in_json_and_finds_everything_it_wrote()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        var ended = await RunningTool.RunAsync(
            "bench", "--seed", server.Address, "--op", "mixed", "--in-flight", "20", "--clients", "2", "--keys", "100",
            "--warm-up", "200ms", "--seconds", "1", "--json");

        Assert.Equal((0, ""), (ended.Status, ended.Error));
        var result = JsonDocument.Parse(ended.Out).RootElement;
        Assert.True(result.GetProperty("operations").GetInt64() > 0);
        Assert.True(result.GetProperty("operationsPerSecond").GetDouble() > 0);
        Assert.True(result.GetProperty("maxMs").GetDouble() >= result.GetProperty("p50Ms").GetDouble());
        Assert.Equal(0, result.GetProperty("unknown").GetInt64());
        Assert.Equal(0, result.GetProperty("wrongReads").GetInt64());
        Assert.Equal(
            JsonValueKind.Number, result.GetProperty("cpuMicrosPerOperation").GetProperty("nodes").GetProperty("n1").ValueKind);

        var verification = result.GetProperty("verification");
        Assert.True(verification.GetProperty("ok").GetBoolean());
        Assert.Equal(100, verification.GetProperty("checked").GetInt64());
    }

    [Fact]
    public async Task Without_a_server_there_is_nothing_to_measure()
    {
        using var server = new OneServer();

        var ended = await RunningTool.RunAsync("bench", "--seed", server.Address, "--seconds", "1");

        Assert.Equal((3, ""), (ended.Status, ended.Out));
        Assert.Contains("no quorum to measure", ended.Error, StringComparison.Ordinal);
    }
}
