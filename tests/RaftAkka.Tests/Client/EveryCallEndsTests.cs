using Akka.Actor;
using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

/// <summary>Whatever becomes of the client, no call of any kind is left without its end.</summary>
public sealed class EveryCallEndsTests : ClientTest
{
    [Fact]
    public void Requests_at_the_door_end_when_the_client_is_told_to_stop_before_it_comes_to_them()
    {
        StartClient();
        var door = new Behind(Client);
        var (status, snapshot) = (new StatusCall(Seconds(10)), new SnapshotCall("h1:1", Seconds(10)));
        var (members, change) = (new MembersCall([], Seconds(10)), new MembersCall([new MemberChange.Remove(N3.Id)], Seconds(10)));
        foreach (var request in (IFacadeRequest[])[status, snapshot, members, change]) Door.Submit(request, door);

        // In one turn of the actor: the knock, and behind it what stops it.
        Watch(Client);
        Client.Tell(Knock.Instance);
        Client.Tell(StopClient.Instance);
        ExpectTerminated(Client);

        Assert.IsType<QueryFailedException>(status.Outcome.Exception!.InnerException);
        Assert.IsType<SnapshotFailedException>(snapshot.Outcome.Exception!.InnerException);
        Assert.IsType<QueryFailedException>(members.Outcome.Exception!.InnerException);
        Assert.IsType<OutcomeUnknownException>(change.Outcome.Exception!.InnerException);
    }

    [Fact]
    public void They_end_too_when_the_client_stops_while_it_takes_them()
    {
        StartClient();
        var status = new StatusCall(Seconds(10));
        Door.Submit(status, Client);
        Client.Tell(StopClient.Instance);

        Assert.IsType<QueryFailedException>(status.Outcome.Exception!.InnerException);
    }

    [Fact]
    public void They_end_too_when_the_client_breaks()
    {
        StartClientWithSession();
        Call("a");
        N1.ExpectCommands();
        var status = new StatusCall(Seconds(10));
        Door.Submit(status, Client);
        Watch(Client);
        EventFilter.Exception<NullReferenceException>().Expect(1, () => N1.Says(new BatchResults(3, null!)));
        ExpectTerminated(Client);

        Assert.IsType<QueryFailedException>(status.Outcome.Exception!.InnerException);
    }

    [Fact]
    public async Task A_function_to_the_servers_that_throws_leads_nowhere_and_is_named_once()
    {
        var settings = new RaftClientSettings { Cluster = new ClusterId("orders"), Seeds = ["h1:1"] };
        var client = EventFilter.Error(contains: "threw for h1:1").ExpectOne(() =>
            RaftClient.Start(Sys, settings, _ => throw new InvalidOperationException("no such name")));
        var stopped = client.StopAsync();
        await stopped.WaitAsync(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<QueryFailedException>(() => client.StatusAsync());
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => client.ExecuteAsync(default));
    }

    [Fact]
    public async Task Disposing_a_client_stops_it()
    {
        var settings = new RaftClientSettings { Cluster = new ClusterId("orders"), Seeds = ["h1:1"] };
        var client = RaftClient.Start(Sys, settings, _ => ActorRefs.Nobody);
        client.Dispose();
        client.Dispose();

        await client.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<CommandNotAppliedException>(() => client.ExecuteAsync(default));
    }

    [Fact]
    public async Task Progress_is_reported_outside_the_client_one_report_after_the_other()
    {
        var member = new ClusterMember(N3.Id, "h3:1", MemberRole.Learner, 0);
        var call = new MembersCall([], Seconds(10));
        using var entered = new SemaphoreSlim(0);
        using var mayLeave = new SemaphoreSlim(0);
        var seen = new List<long>();
        var progress = new ProgressOnThePool(new Handler(one =>
        {
            seen.Add(one.Behind);
            entered.Release();
            mayLeave.Wait(TimeSpan.FromSeconds(10));
        }), call);

        progress.Report(member with { Behind = 3 });
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(10)));
        progress.Report(member with { Behind = 2 });   // Missed: the handler is still at work.
        progress.Report(member with { Behind = 1 });
        mayLeave.Release(2);
        Assert.True(await entered.WaitAsync(TimeSpan.FromSeconds(10)));

        Assert.Equal([3, 1], seen);
    }

    [Fact]
    public async Task A_handler_of_progress_that_throws_ends_the_waiting()
    {
        var call = new MembersCall([], Seconds(10));
        new ProgressOnThePool(new Handler(_ => throw new InvalidOperationException("mine")), call)
            .Report(new ClusterMember(N3.Id, "h3:1", MemberRole.Learner, 0));

        var failed = await Assert.ThrowsAsync<QueryFailedException>(() => call.Outcome.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.IsType<InvalidOperationException>(failed.InnerException);
    }

    private sealed class Handler(Action<ClusterMember> report) : IProgress<ClusterMember>
    {
        public void Report(ClusterMember value) => report(value);
    }

    /// <summary>Takes no knock, as an actor that is busy.</summary>
    private sealed class Behind(IActorRef actor) : MinimalActorRef
    {
        public override ActorPath Path => actor.Path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
