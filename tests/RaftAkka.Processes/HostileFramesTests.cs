using System.Globalization;
using RaftAkka.Processes.Support;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Processes;

/// <summary>
/// Whoever reaches a server's port can neither stop it nor wear it out by what Akka.Remote would do for anybody. The
/// server has 256 MB, so that what it kept would end it.
/// </summary>
public sealed class HostileFramesTests
{
    private const string Heap = "DOTNET_GCHeapHardLimit=0x10000000";

    private static readonly (string Path, int Serializer, string Manifest)[] Messages =
    [
        ("/user/raft/server", AkkaFrames.Miscellaneous, "K"),
        ("/user/raft/log", AkkaFrames.Miscellaneous, "K"),
        ("/user/raft/server", AkkaFrames.System, Of("Suspend")),
        ("/system/endpointManager", AkkaFrames.System, Of("Suspend")),
        ("/", AkkaFrames.System, Of("Suspend")),
        ("/user/raft", AkkaFrames.System, Of("Terminate")),
    ];

    [Fact]
    public async Task System_messages_from_outside_neither_stop_nor_freeze_a_server()
    {
        using var server = new OneServer();
        using var node = await StartAsync(server);
        await using var client = new TestClient(server.ClientFile);
        await client.Keys.PutAsync("k", "before");

        foreach (var (path, serializer, manifest) in Messages)
        {
            using var stranger = await Stranger.WithHandshakeAsync(server.Port);
            await stranger.TellAsync(path, AkkaFrames.Payload(serializer, manifest));
            await stranger.LeaveAsync();
        }

        await client.Keys.PutAsync("k", "after");
        await using var newcomer = new TestClient(server.ClientFile);
        Assert.Equal("after", (await newcomer.Keys.GetAsync("k"))?.ValueText);
        Assert.True(node.IsRunning);
        await node.ComplainsAsync("was dropped unread: a message that is none of Raft's");
        Assert.InRange(node.Error.Split('\n').Length, 1, 5);
    }

    [Fact]
    public async Task A_type_that_a_stranger_names_is_not_loaded()
    {
        using var server = new OneServer();
        using var node = await StartAsync(server);
        using var stranger = await Stranger.WithHandshakeAsync(server.Port);

        await stranger.TellAsync("/user/raft/server", AkkaFrames.Payload(
            AkkaFrames.System, "System.Drawing.Bitmap, System.Drawing.Common"));

        await node.ComplainsAsync("manifest 'System.Drawing.Bitmap, System.Drawing.Common'");
        var maps = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{node.Id}/maps"));
        Assert.DoesNotContain("System.Drawing.Common", maps, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_clients_that_come_and_go_leave_nothing_behind()
    {
        const int Count = 5_000;
        using var server = new OneServer();
        using var node = await StartAsync(server);
        await using var client = new TestClient(server.ClientFile);
        await client.Keys.PutAsync("k", "before");

        for (var n = 1; n <= Count; n++)
        {
            using var stranger = await Stranger.WithHandshakeAsync(server.Port, 10_000 + n);
            await stranger.LeaveAsync();
        }

        await client.Keys.PutAsync("k", "after");
        Assert.InRange(ResidentMegabytes(node.Id), 1, 256);
        Assert.True(node.IsRunning);
    }

    [Fact]
    public async Task A_reader_that_takes_no_replies_is_closed_and_others_are_served()
    {
        using var server = new OneServer();
        using var node = await StartAsync(server);
        await using var client = new TestClient(server.ClientFile);
        await client.Keys.PutAsync("large", new string('x', 900_000));

        using var reader = await Stranger.WithHandshakeAsync(server.Port);
        var session = await reader.BecomeClientAsync("demo");
        for (var n = 1; n <= 1_000; n++) await reader.AskAsync(session, n, "large");

        await node.ComplainsAsync("does not read fast enough");
        await client.Keys.PutAsync("k", "after");
        Assert.Equal("after", (await client.Keys.GetAsync("k"))?.ValueText);
        Assert.True(node.IsRunning);
    }

    [Fact]
    public async Task Half_frames_and_silence_are_closed_and_others_are_served()
    {
        using var server = new OneServer();
        using var node = await StartAsync(server);
        await using var client = new TestClient(server.ClientFile);
        await client.Keys.PutAsync("k", "before");
        var half = AkkaFrames.OnTheWire(new byte[1_300_000])[..1_200_000];
        var strangers = new List<Stranger>();
        try
        {
            for (var n = 1; n <= 100; n++)
            {
                var stranger = await Stranger.WithHandshakeAsync(server.Port, n);
                strangers.Add(stranger);
                await stranger.SendBytesAsync(half);
            }

            using var silent = await Stranger.ConnectAsync(server.Port);
            using var slow = await Stranger.ConnectAsync(server.Port);
            await slow.SendBytesAsync([0, 16]);
            await silent.ClosedAsync();
            await slow.ClosedAsync();

            await client.Keys.PutAsync("k", "after");
            Assert.Equal("after", (await client.Keys.GetAsync("k"))?.ValueText);
            Assert.True(node.IsRunning);
            foreach (var stranger in strangers) await stranger.ClosedAsync();
        }
        finally
        {
            foreach (var stranger in strangers) stranger.Dispose();
        }
    }

    private static string Of(string message) => $"Akka.Dispatch.SysMsg.{message}, Akka";

    private static async Task<RunningTool> StartAsync(OneServer server)
    {
        var node = RunningTool.StartProgram("env", Heap, Built.Executable, "node", server.NodeFile);
        await node.SaysAsync("raft node n1 is ready");
        return node;
    }

    private static int ResidentMegabytes(int process)
    {
        var status = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"));
        var line = status.First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
