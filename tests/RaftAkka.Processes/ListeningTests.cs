using System.Net;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>Servers that listen elsewhere than others reach them, as in containers.</summary>
public sealed class ListeningTests
{
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task Servers_behind_a_port_mapping_find_each_other_and_are_found()
    {
        using var folder = new TempFolder();
        var ports = FreePorts.Find(4);
        var (first, second) = ($"127.0.0.2:{ports[2]}", $"127.0.0.2:{ports[3]}");
        using var toFirst = new TcpForwarder(Outside, ports[2], target: ports[0]);
        using var toSecond = new TcpForwarder(Outside, ports[3], target: ports[1]);
        File.WriteAllText(folder["cluster.conf"], $$"""
            raft {
              cluster-id = demo
              members = [ { id = n1, address = "{{first}}" }, { id = n2, address = "{{second}}" } ]
            }
            # What comes through the mapping comes from another address.
            akka.remote.dot-netty.tcp.check-origin = off
            """);

        using var n1 = RunningTool.Start(
            "node", folder["cluster.conf"], "--id", "n1", "--data", folder["d1"], "--listen", $"127.0.0.1:{ports[0]}");
        using var n2 = RunningTool.Start(
            "node", folder["cluster.conf"], "--id", "n2", "--data", folder["d2"], "--listen", $"127.0.0.1:{ports[1]}");
        await n1.SaysAsync($"raft node n1 is ready: cluster demo, {first}, listens on 127.0.0.1:{ports[0]}, data");
        await n2.SaysAsync("raft node n2 is ready");

        Assert.Equal(0, (await RunningTool.RunAsync("put", "k", "v", "--seed", first, "--timeout", "60s")).Status);
        Assert.Equal("v", (await RunningTool.RunAsync("get", "k", "--seed", second, "--timeout", "60s")).Out);
        Assert.True(toFirst.Connections > 0 && toSecond.Connections > 0);
    }
}
