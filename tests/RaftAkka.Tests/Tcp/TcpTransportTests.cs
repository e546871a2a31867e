using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Google.Protobuf;
using RaftAkka.Tcp;
using Xunit;

namespace RaftAkka.Tests.Tcp;

public sealed class TcpTransportTests() : TestKit(
    """
    akka { loglevel = WARNING, stdout-loglevel = OFF, test.single-expect-default = 20 s, test.default-timeout = 20 s }
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("little-endian")]
    [InlineData("big-endian")]
    public async Task What_is_written_arrives_in_order_in_both_directions_at_once(string order)
    {
        var (there, here) = (await ListenAsync($"byte-order = {order}"), await ListenAsync($"byte-order = {order}"));
        var (client, server) = await ConnectAsync(here, there);

        var bothWrite = Task.WhenAll(WriteAllAsync(client.Handle), WriteAllAsync(server.Handle));

        ExpectAll(client.Events);
        ExpectAll(server.Events);
        await bothWrite;
    }

    [Fact]
    public async Task The_last_word_arrives_though_much_is_on_its_way_in_both_directions()
    {
        var (there, here) = (await ListenAsync(), await ListenAsync());
        var (client, server) = await ConnectAsync(here, there);
        var large = ByteString.CopyFrom(new byte[1_000_000]);
        for (var n = 0; n < 20; n++)
        {
            Assert.True(server.Handle.Write(large));
            Assert.True(client.Handle.Write(large));
        }

        client.Handle.Write(ByteString.CopyFromUtf8("farewell"));
        client.Handle.Disassociate("for the test", Sys.Log);

        Assert.False(client.Handle.Write(large));   // Nothing comes after it.
        for (var n = 0; n < 20; n++) Assert.Equal(large, server.Events.ExpectMsg<InboundPayload>().Payload);
        Assert.Equal("farewell", server.Events.ExpectMsg<InboundPayload>().Payload.ToStringUtf8());
        server.Events.ExpectMsg<Disassociated>();
    }

    [Fact]
    public async Task A_peer_that_stops_reading_blocks_nobody_and_gets_it_all_when_it_reads()
    {
        var here = await ListenAsync();
        using var door = Door();
        var (handle, _, peer) = await DialAsync(here, door);
        using var other = peer;
        var payload = ByteString.CopyFrom(new byte[100_000]);

        // More than the kernel takes, and less than the connection keeps.
        const int Written = 220;
        for (var n = 0; n < Written; n++) Assert.True(handle.Write(payload));

        var buffer = new byte[1 << 20];
        for (long left = Written * (100_000L + sizeof(int)); left > 0;)
            left -= await peer.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
        await AwaitConditionAsync(() => Task.FromResult(here.Transport.Unsent == 0), Patience);
    }

    [Fact]
    public async Task A_peer_that_never_reads_is_closed_when_too_much_waits_for_it()
    {
        var here = await ListenAsync("unsent-bytes-max = 1000000b");
        using var door = Door();
        var (handle, events, peer) = await DialAsync(here, door);
        using var other = peer;
        var payload = ByteString.CopyFrom(new byte[100_000]);

        while (handle.Write(payload)) Assert.InRange(here.Transport.Unsent, 0, 1_200_000);

        events.ExpectMsg<Disassociated>();
        Assert.Equal(0, here.Transport.Unsent);
    }

    [Fact]
    public async Task What_waits_for_all_is_limited_and_the_one_for_which_most_waits_goes()
    {
        var here = await ListenAsync("unsent-bytes-total-max = 1000000b");
        using var door = Door();
        var (few, fewEvents, fewPeer) = await DialAsync(here, door);
        var (many, manyEvents, manyPeer) = await DialAsync(here, door);
        using var first = fewPeer;
        using var second = manyPeer;
        var payload = ByteString.CopyFrom(new byte[100_000]);
        while (here.Transport.Unsent < 300_000) few.Write(payload);

        while (many.Write(payload)) Assert.InRange(here.Transport.Unsent, 0, 1_200_000);

        manyEvents.ExpectMsg<Disassociated>();
        Assert.True(few.Write(payload));
        fewEvents.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_for_long_is_closed()
    {
        var here = await ListenAsync("send-timeout = 1 s");
        using var door = Door();
        var (handle, events, peer) = await DialAsync(here, door);
        using var other = peer;

        // The kernel takes some of it.
        for (var n = 0; n < 200; n++) handle.Write(ByteString.CopyFrom(new byte[100_000]));

        events.ExpectMsg<Disassociated>(Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_closed_connection_holds_no_buffers_though_akka_still_refers_to_it(bool itself)
    {
        var here = await ListenAsync();
        using var stranger = await StrangerAsync(here);
        var (handle, events) = Accepted(here);
        await stranger.SendAsync(new byte[] { 100, 0, 0, 0, 1 });
        for (var n = 0; n < 200; n++) handle.Write(ByteString.CopyFrom(new byte[100_000]));
        var connection = (TcpConnection)handle;
        Assert.InRange(connection.Held, 1_000_000, long.MaxValue);

        if (itself) connection.Close(DisassociateInfo.Unknown);
        else stranger.Close();

        events.ExpectMsg<Disassociated>();
        await AwaitConditionAsync(() => Task.FromResult(connection.Held == 0), Patience);
    }

    [Fact]
    public async Task More_connections_than_there_are_places_are_closed_at_once()
    {
        var here = await ListenAsync("connections-per-host-max = 2");
        using var first = await StrangerAsync(here);
        using var second = await StrangerAsync(here);
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        using var third = await StrangerAsync(here);

        Assert.Equal(0, await third.ReceiveAsync(new byte[1]));
        var warning = ExpectMsg<Warning>(Patience);
        Assert.Contains("connections-per-host-max", warning.ToString(), StringComparison.Ordinal);
        Accepted(here);
        var (gone, _) = Accepted(here);
        gone.Disassociate("for the test", Sys.Log);
        second.Close();
        await AwaitConditionAsync(() => Task.FromResult(here.Transport.Incoming < 2), Patience);
        using var fourth = await StrangerAsync(here);
        Accepted(here);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_310_721)]
    [InlineData(0x20544547)]   // "GET ": a browser.
    public async Task A_wrong_length_costs_its_own_connection_and_one_warning(int length)
    {
        var here = await ListenAsync();
        using var stranger = await StrangerAsync(here);
        var (_, events) = Accepted(here);
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);

        await stranger.SendAsync(bytes);

        events.ExpectMsg<Disassociated>();
        var warning = ExpectMsg<Warning>();
        Assert.Contains($"a frame of {length} bytes", warning.ToString(), StringComparison.Ordinal);
        Assert.Null(warning.Cause);
        Assert.Equal(0, await stranger.ReceiveAsync(new byte[1]));
        ExpectNoMsg(TimeSpan.Zero);
        using var other = await StrangerAsync(here);
        Accepted(here);
    }

    [Fact]
    public async Task A_connection_that_closes_before_anybody_listens_to_it_says_so_to_who_comes_late()
    {
        var here = await ListenAsync();
        using var stranger = await StrangerAsync(here);
        var handle = here.Associations.ExpectMsg<InboundAssociation>().Association;

        await here.Transport.Shutdown();
        var events = CreateTestProbe();
        handle.ReadHandlerSource.SetResult(new ActorHandleEventListener(events));

        events.ExpectMsg<Disassociated>();
    }

    [Fact]
    public async Task A_refused_connection_says_why_at_once()
    {
        var here = await ListenAsync();
        Address nobody;
        using (var door = Door()) nobody = AddressOf(door);

        var refused = await Assert.ThrowsAsync<InvalidAssociationException>(() => here.Transport.Associate(nobody));

        Assert.Contains("refused", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(nobody.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.InnerException);   // With one, Akka shows a text of its own instead.
    }

    [Theory]
    [InlineData("no such name", 4051)]
    [InlineData("127.0.0.1", 70_000)]
    public async Task An_address_that_is_none_is_a_failed_association_like_any_other(string host, int port)
    {
        var here = await ListenAsync();

        await Assert.ThrowsAsync<InvalidAssociationException>(
            () => here.Transport.Associate(new Address("tcp", "raftakka", host, port)));
    }

    [Fact]
    public async Task Connecting_ends_in_time_where_nobody_answers()
    {
        var here = await ListenAsync("connection-timeout = 100 ms");

        // Nobody accepts, and the queue is full: the kernel drops what knocks.
        using var door = Door(backlog: 0);
        var queued = new List<Socket>();
        for (var n = 0; n < 4; n++)
        {
            var one = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            queued.Add(one);
            try
            {
                one.Connect(door.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // Under way.
            }
        }

        var late = await Assert.ThrowsAsync<InvalidAssociationException>(() => here.Transport.Associate(AddressOf(door)));

        Assert.Contains("no answer within 0.1 s", late.Message, StringComparison.Ordinal);
        foreach (var one in queued) one.Dispose();
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_the_sockets_error_inside()
    {
        using var door = Door();
        var port = ((IPEndPoint)door.LocalEndPoint!).Port;

        var failed = await Assert.ThrowsAsync<RemoteTransportException>(() => ListenAsync($"port = {port}"));

        var inside = Assert.IsType<SocketException>(failed.InnerException);
        Assert.Equal(SocketError.AddressAlreadyInUse, inside.SocketErrorCode);
    }

    [Fact]
    public async Task After_a_shutdown_all_is_closed_and_the_port_is_free_at_once()
    {
        var (there, here) = (await ListenAsync(), await ListenAsync());
        var (client, server) = await ConnectAsync(here, there);

        Assert.True(await there.Transport.Shutdown());

        client.Events.ExpectMsg<Disassociated>();
        server.Events.ExpectMsg<Disassociated>();
        Assert.False(server.Handle.Write(ByteString.CopyFromUtf8("late")));
        await Assert.ThrowsAsync<InvalidAssociationException>(() => there.Transport.Associate(here.Address));
        var again = await ListenAsync($"port = {there.Address.Port}");
        await ConnectAsync(here, again);
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_a_peer_that_never_closes()
    {
        var here = await ListenAsync();
        using var stranger = await StrangerAsync(here);
        var (_, events) = Accepted(here);

        Assert.True(await here.Transport.Shutdown().WaitAsync(Patience));

        events.ExpectMsg<Disassociated>();
    }

    private async Task<(AssociationHandle Handle, TestProbe Events, Socket Peer)> DialAsync(Listening here, Socket door)
    {
        var connecting = here.Transport.Associate(AddressOf(door));
        var peer = await door.AcceptAsync();
        var handle = await connecting;
        var events = CreateTestProbe();
        handle.ReadHandlerSource.SetResult(new ActorHandleEventListener(events));
        return (handle, events, peer);
    }

    private static Socket Door(int backlog = 10)
    {
        var door = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        door.Listen(backlog);
        return door;
    }

    private static Address AddressOf(Socket door) =>
        new("tcp", "raftakka", "127.0.0.1", ((IPEndPoint)door.LocalEndPoint!).Port);

    private static async Task<Socket> StrangerAsync(Listening listening)
    {
        var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await stranger.ConnectAsync(IPAddress.Loopback, listening.Address.Port!.Value);
        return stranger;
    }

    private static Task WriteAllAsync(AssociationHandle handle) => Task.Run(() =>
    {
        for (var n = 0; n < Count; n++) Assert.True(handle.Write(Payload(n)));
    });

    private static void ExpectAll(TestProbe events)
    {
        for (var n = 0; n < Count; n++) Assert.Equal(Payload(n), events.ExpectMsg<InboundPayload>(Patience).Payload);
    }

    private const int Count = 5_000;

    // Now and then the largest that there is.
    private static ByteString Payload(int n) => ByteString.CopyFrom(
        [.. BitConverter.GetBytes(n), .. new byte[n % 1_000 == 500 ? 1_310_716 : n % 300]]);

    private async Task<Listening> ListenAsync(string settings = "")
    {
        var config = ConfigurationFactory.ParseString(
            $"hostname = \"127.0.0.1\"\nport = 0\nmaximum-frame-size = 1310720b\ninbound-messages = unchecked\n{settings}");
        var transport = new TcpTransport(Sys, config);
        var (address, listener) = await transport.Listen();
        var associations = CreateTestProbe();
        listener.SetResult(new ActorAssociationEventListener(associations));
        _open.Add(transport);
        return new Listening(transport, address, associations);
    }

    private async Task<((AssociationHandle Handle, TestProbe Events) Client, (AssociationHandle Handle, TestProbe Events) Server)>
        ConnectAsync(Listening from, Listening to)
    {
        var handle = await from.Transport.Associate(to.Address);
        var events = CreateTestProbe();
        handle.ReadHandlerSource.SetResult(new ActorHandleEventListener(events));
        return ((handle, events), Accepted(to));
    }

    private (AssociationHandle Handle, TestProbe Events) Accepted(Listening at)
    {
        var handle = at.Associations.ExpectMsg<InboundAssociation>().Association;
        var events = CreateTestProbe();
        handle.ReadHandlerSource.SetResult(new ActorHandleEventListener(events));
        return (handle, events);
    }

    private readonly List<TcpTransport> _open = [];

    protected override void AfterAll()
    {
        foreach (var transport in _open) transport.Shutdown().Wait(Patience);
        base.AfterAll();
    }

    private sealed record Listening(TcpTransport Transport, Address Address, TestProbe Associations);
}
