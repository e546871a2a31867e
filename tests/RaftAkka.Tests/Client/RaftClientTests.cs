using System.Runtime.CompilerServices;
using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Settings;
using RaftAkka.Tests.Support;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>The facade, over a probe and over its own actor.</summary>
public sealed class RaftClientTests : StillTestKit
{
    private static readonly RaftClientSettings Settings =
        new() { Cluster = new ClusterId("orders"), Seeds = ["h1:1"] };

    [Fact]
    public void Every_call_reaches_the_actor_as_one_message()
    {
        var probe = CreateTestProbe();
        var client = new RaftClient(probe.Ref, Seconds(5));

        _ = client.ExecuteAsync(ClientTest.Bytes("a"));
        var command = probe.ExpectMsg<ClientCall>();
        Assert.Equal(
            (ClientCallKind.Command, "a", Seconds(5)),
            (command.Kind, ClientTest.Text(command.Body), command.Timeout));

        _ = client.QueryAsync(ClientTest.Bytes("q"), Seconds(1));
        var query = probe.ExpectMsg<ClientCall>();
        Assert.Equal(
            (ClientCallKind.Query, "q", Seconds(1)),
            (query.Kind, ClientTest.Text(query.Body), query.Timeout));
    }

    [Fact]
    public async Task The_first_answer_counts()
    {
        var probe = CreateTestProbe();
        var result = new RaftClient(probe.Ref, Seconds(5)).ExecuteAsync(default);
        var call = probe.ExpectMsg<ClientCall>();
        call.Complete(ClientTest.Bytes("done"));
        call.Refuse("too late");

        Assert.Equal("done", ClientTest.Text(await result));
    }

    [Fact]
    public async Task A_dead_actor_leaves_nobody_waiting()
    {
        var dead = CreateTestProbe();
        Watch(dead.Ref);
        Sys.Stop(dead.Ref);
        ExpectTerminated(dead.Ref);
        var client = new RaftClient(dead.Ref, Seconds(5));
        var command = client.ExecuteAsync(default);
        var query = client.QueryAsync(default);
        var status = client.StatusAsync();
        Pass(Seconds(5.9));
        Assert.False(command.IsCompleted);

        Pass(Seconds(0.2));
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => command);
        await Assert.ThrowsAsync<QueryFailedException>(() => query);
        await Assert.ThrowsAsync<QueryFailedException>(() => status);
    }

    [Fact]
    public async Task A_token_that_is_canceled_already_sends_nothing()
    {
        var probe = CreateTestProbe();
        var canceled = new CancellationToken(canceled: true);
        var result = new RaftClient(probe.Ref, Seconds(5)).ExecuteAsync(default, null, canceled);

        var failure = await Assert.ThrowsAsync<CallCanceledException>(() => result);
        Assert.False(failure.OutcomeUnknown);
        AssertNothingFor(probe);
    }

    [Fact]
    public void A_finished_call_lets_go_of_its_token()
    {
        using var source = new CancellationTokenSource();
        var probe = CreateTestProbe();
        var calls = Register();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.All(calls, call => Assert.False(call.TryGetTarget(out _)));

        // Apart, so that no local of this method keeps a call alive.
        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference<ClientCall>[] Register() => [.. Enumerable.Range(0, 10).Select(_ =>
        {
            var call = new ClientCall(ClientCallKind.Command, default, Seconds(1));
            call.CancelWith(source.Token);
            call.Complete(default);
            return new WeakReference<ClientCall>(call);
        })];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_timeout_must_be_more_than_zero(int seconds)
    {
        var probe = CreateTestProbe();
        Assert.Throws<ArgumentOutOfRangeException>(() => new RaftClient(probe.Ref, Seconds(seconds)));
        var client = new RaftClient(probe.Ref, Seconds(1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => { _ = client.ExecuteAsync(default, Seconds(seconds)); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = client.StatusAsync(Seconds(seconds)); });
    }

    [Fact]
    public async Task A_started_client_serves_and_after_its_end_refuses()
    {
        var server = CreateTestProbe();
        var client = RaftClient.Start(Sys, Settings, _ => server.Ref, "my-client");
        var result = client.ExecuteAsync(ClientTest.Bytes("a"));
        var connect = server.ExpectMsg<ConnectClient>();
        Assert.Equal((Settings.Cluster, Settings.Group), (connect.Cluster, connect.Group));
        var n1 = new ServerId("n1");
        server.Reply(new ClientConnected(
            n1, new ClusterView(new Term(1), n1, [new MemberAddress(n1, "h1:1")]), 100_000, 64));
        server.Reply(new SessionRegistered(server.ExpectMsg<RegisterSession>().Batch, new LogIndex(4)));
        server.ExpectMsg<SendCommands>();

        await client.DisposeAsync();
        server.ExpectMsg<DisconnectClient>();
        await Assert.ThrowsAsync<OutcomeUnknownException>(() => result);
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => client.ExecuteAsync(default));
        await Assert.ThrowsAsync<QueryFailedException>(() => client.QueryAsync(default));
        await Assert.ThrowsAsync<QueryFailedException>(() => client.StatusAsync());
        await client.StopAsync();   // Safe to repeat.
    }

    [Fact]
    public async Task The_end_of_the_actor_system_leaves_nobody_waiting()
    {
        var client = RaftClient.Start(Sys, Settings, _ => ActorRefs.Nobody);
        var before = client.ExecuteAsync(default);
        await Sys.Terminate();

        await Assert.ThrowsAsync<CommandNotAppliedException>(() => before);
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => client.ExecuteAsync(default));
    }

    [Fact]
    public async Task No_two_clients_have_the_same_name()
    {
        var server = CreateTestProbe();
        var first = RaftClient.Start(Sys, Settings, _ => server.Ref);
        var second = RaftClient.Start(Sys, Settings, _ => server.Ref);
        Assert.NotEqual(server.ExpectMsg<ConnectClient>().Client, server.ExpectMsg<ConnectClient>().Client);
        await first.StopAsync();
        await second.StopAsync();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("host:")]
    [InlineData(":5")]
    [InlineData("host:70000")]
    [InlineData("host:0")]
    public void A_seed_that_is_no_address_is_refused_by_name(string seed)
    {
        var failure = Assert.Throws<RaftConfigurationException>(
            () => RaftClient.Start(Sys, Settings with { Seeds = [seed] }));
        Assert.Contains($"\"{seed}\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused()
    {
        Refused(Settings with { Seeds = [] }, "Seeds");
        Refused(Settings with { Cluster = default }, "Cluster");
        Refused(Settings with { ServerSystem = "" }, "ServerSystem");
        Refused(Settings with { Timeout = TimeSpan.Zero }, "Timeout");
        Refused(Settings with { ServerTimeout = TimeSpan.Zero }, "ServerTimeout");
        Refused(Settings with { KeepAliveInterval = TimeSpan.Zero }, "KeepAliveInterval");
        Refused(Settings with { BatchBytesMax = 0 }, "BatchBytesMax");
        Refused(Settings with { BatchesInFlightMax = 0 }, "BatchesInFlightMax");
        Refused(Settings with { CallsInFlightMax = 0 }, "CallsInFlightMax");

        void Refused(RaftClientSettings settings, string setting)
        {
            var failure = Assert.Throws<RaftConfigurationException>(() => RaftClient.Start(Sys, settings));
            Assert.Contains(setting, failure.Message, StringComparison.Ordinal);
        }
    }
}
