using System.Net.Sockets;
using System.Text;
using RaftAkka.Processes.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>What strangers send to a server's port changes nothing.</summary>
public sealed class StrangersTests
{
    [Fact]
    public async Task Garbage_on_the_port_neither_stops_a_node_nor_fills_its_log()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();
        await using var client = new TestClient(server.ClientFile);
        await client.Keys.PutAsync("k", "before");
        var chance = new Random(1);

        for (var round = 0; round < 25; round++)
        {
            var noise = new byte[chance.Next(1, 10_000)];
            chance.NextBytes(noise);
            await SendAsync(server.Port, noise);
            await SendAsync(server.Port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            await SendAsync(server.Port, [0xff, 0xff, 0xff, 0x7f, 1, 2, 3]);   // A frame of two gigabytes, it says.
            await SendAsync(server.Port, [4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        }

        Assert.Equal("before", (await client.Keys.GetAsync("k"))?.ValueText);
        await client.Keys.PutAsync("k", "after");
        Assert.True(node.IsRunning);
        Assert.InRange(node.Error.Split('\n').Length, 0, 20);
        Assert.DoesNotContain("   at ", node.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_keeps_nobody_out()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();
        using var silent = new TcpClient();
        await silent.ConnectAsync("127.0.0.1", server.Port);
        await silent.GetStream().WriteAsync(new byte[] { 100, 0 });   // Half of a frame's length.

        await using var client = new TestClient(server.ClientFile);

        await client.Keys.PutAsync("k", "v");
        Assert.Equal("v", (await client.Keys.GetAsync("k"))?.ValueText);
    }

    [Fact]
    public async Task A_client_of_another_cluster_is_refused_by_name()
    {
        using var server = new OneServer();
        using var node = await server.StartAsync();

        var ended = await RunningTool.RunAsync("put", "k", "v", "--seed", server.Address, "--cluster", "another");

        Assert.Equal((1, ""), (ended.Status, ended.Out));
        Assert.Contains("of cluster 'demo', and was asked for", ended.Error, StringComparison.Ordinal);
        Assert.Contains("cluster 'another'", ended.Error, StringComparison.Ordinal);
    }

    private static async Task SendAsync(int port, byte[] bytes)
    {
        using var stranger = new TcpClient();
        await stranger.ConnectAsync("127.0.0.1", port);
        try
        {
            await stranger.GetStream().WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The node closed the connection before it had all: as good an answer as any.
            return;
        }
    }
}
