using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Inbound;

/// <summary>Tests that measure this process, and so run while no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>Connections that have gone leave next to nothing behind, in this transport and in Akka.</summary>
[Collection(Alone.Name)]
public sealed class ComingAndGoingTests() : TestKit(ConfigurationFactory.ParseString(
    """
    akka {
      loglevel = OFF
      stdout-loglevel = OFF
      remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    }
    """).WithFallback(ReferenceConfig.Node))
{
    private const int Count = 2_000;

    // Far below a buffer, and below an actor of Akka's with its mailbox.
    private const int BytesKeptMax = 1_500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public enum Leaving
    {
        WithoutAWord,
        WithADisassociate,
    }

    [Theory]
    [InlineData(Leaving.WithoutAWord)]
    [InlineData(Leaving.WithADisassociate)]
    public async Task A_connection_that_came_and_went_leaves_next_to_nothing(Leaving leaving)
    {
        for (var n = 0; n < 100; n++) await ComeAndGoAsync(n, leaving);   // What is made once is made.
        var before = await LiveBytesAsync();

        for (var n = 100; n < 100 + Count; n++) await ComeAndGoAsync(n, leaving);

        Assert.InRange((await LiveBytesAsync() - before) / Count, long.MinValue, BytesKeptMax);
    }

    private async Task ComeAndGoAsync(int n, Leaving leaving)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, ((ExtendedActorSystem)Sys).Provider.DefaultAddress.Port!.Value);
        var handshake = AkkaFrames.HandshakeOf($"client-{n}", "127.0.0.1", 10_000 + n, (ulong)n);
        await socket.SendAsync(AkkaFrames.OnTheWire(handshake));
        await ReadAsync(socket);   // The answer: Akka has made its actors.
        if (leaving == Leaving.WithADisassociate)
            await socket.SendAsync(AkkaFrames.OnTheWire(AkkaFrames.Command(AkkaFrames.Disassociate)));
        socket.Shutdown(SocketShutdown.Send);
        while (await ReadAsync(socket) > 0)
        {
        }
    }

    private static async Task<int> ReadAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1_024]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    // Akka's actors stop after the socket has closed.
    private async Task<long> LiveBytesAsync()
    {
        var manager = await Sys.ActorSelection("/system/endpointManager").ResolveOne(Patience);
        await AwaitConditionAsync(
            () => Task.FromResult(!((ActorRefWithCell)manager).Children.Any()), Patience);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
