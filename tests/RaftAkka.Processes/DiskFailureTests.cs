using RaftAkka.Client;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>A disk that fails: nothing is acknowledged any more, and the node stops and says why.</summary>
public sealed class DiskFailureTests
{
    // Behind what the start needs, so that the node becomes ready and acknowledges some writes first.
    private const int FirstFailure = 40;

    [SkippableFact]
    public async Task A_failed_fsync_stops_the_node_and_the_write_is_not_acknowledged()
    {
        Skip.IfNot(await CanTraceAsync(), "strace is missing, or may not trace here; it makes the disk fail");
        using var server = new OneServer();
        using var folder = new TempFolder();
        using var node = RunningTool.StartProgram(
            "strace", "-f", "-qq", "--seccomp-bpf", "-o", folder["trace"], "-e", "trace=fdatasync",
            "-e", $"inject=fdatasync:error=EIO:when={FirstFailure}+", Built.Executable, "node", server.NodeFile);
        await node.SaysAsync("raft node n1 is ready");
        await using var client = new TestClient(server.ClientFile);

        var acknowledged = await WriteUntilItFailsAsync(client);
        var ended = await node.EndedAsync();

        Assert.InRange(acknowledged, 1, FirstFailure);
        Assert.Equal(1, ended.Status);
        Assert.Contains("the log could not be written: fdatasync", ended.Error, StringComparison.Ordinal);
        Assert.Contains("(errno 5)", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        await AssertKeptAsync(server, acknowledged);
    }

    private static async Task<int> WriteUntilItFailsAsync(TestClient client)
    {
        for (var number = 0; ; number++)
        {
            try
            {
                await client.Keys.PutAsync($"key {number}", "value", timeout: TimeSpan.FromSeconds(5));
            }
            catch (OutcomeUnknownException)
            {
                return number;
            }
        }
    }

    private static async Task AssertKeptAsync(OneServer server, int acknowledged)
    {
        using var node = await server.StartAsync();
        await using var client = new TestClient(server.ClientFile);
        for (var number = 0; number < acknowledged; number++)
            Assert.NotNull(await client.Keys.GetAsync($"key {number}"));
    }

    private static async Task<bool> CanTraceAsync()
    {
        try
        {
            using var strace = RunningTool.StartProgram("strace", "-qq", "-o", "/dev/null", "true");
            return (await strace.EndedAsync()).Status == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
