using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class StatusTests : ClientTest
{
    private readonly StatusCall _call = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Every_server_is_asked_also_those_that_an_answer_names()
    {
        Ask();
        N1.Door.ExpectMsg<AskStatus>(ask => ask.Cluster == Settings.Cluster && ask.Group == Settings.Group);
        Answer(N1, ServerRole.Follower, View(term: 5, leader: N2));
        N2.Door.ExpectMsg<AskStatus>();
        N3.Door.ExpectMsg<AskStatus>();
        Answer(N2, ServerRole.Leader, View(term: 5, leader: N2));
        Assert.False(_call.Outcome.IsCompleted);

        Answer(N3, ServerRole.Follower, View(term: 5, leader: N2));
        var status = Status();
        Assert.Equal((N2.Id, new Term(5), true), (status.Leader, status.Term, status.HasQuorum));
        Assert.Equal([N1.Id, N2.Id, N3.Id], status.Servers.Select(server => server.Server));
        Assert.All(status.Servers, server => Assert.True(server.IsReachable));
        Assert.Equal(ServerRole.Leader, status.Servers[1].Status!.Role);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_reported_and_a_majority_is_enough()
    {
        Ask();
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Answer(N2, ServerRole.Follower, View(term: 5, leader: N1));
        Pass(Seconds(2));

        var status = Status();
        Assert.True(status.HasQuorum);
        Assert.False(status.Servers[2].IsReachable);
        Assert.Equal((N3.Id, N3.Address), (status.Servers[2].Server, status.Servers[2].Address));
        Assert.Contains("within 2 s", status.Servers[2].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Followers_of_another_term_are_no_quorum()
    {
        Ask();
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Answer(N2, ServerRole.Follower, View(term: 6, leader: null));
        Answer(N3, ServerRole.Follower, View(term: 6, leader: null));

        var status = Status();
        Assert.False(status.HasQuorum);
        Assert.Equal((N1.Id, new Term(6)), (status.Leader, status.Term));
    }

    [Fact]
    public void Of_two_that_say_they_lead_the_later_term_leads()
    {
        Ask();
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Answer(N2, ServerRole.Leader, View(term: 6, leader: N2));
        Answer(N3, ServerRole.Follower, View(term: 6, leader: N2));

        var status = Status();
        Assert.Equal((N2.Id, true), (status.Leader, status.HasQuorum));
    }

    [Fact]
    public void Without_a_leader_there_is_no_quorum()
    {
        Ask();
        foreach (var server in Servers) Answer(server, ServerRole.Follower, View(term: 5, leader: N2));

        Assert.Equal((null, false), (Status().Leader, Status().HasQuorum));
    }

    [Fact]
    public void Where_nobody_answers_the_seeds_are_reported()
    {
        Ask();
        Pass(Seconds(2));

        var server = Assert.Single(Status().Servers);
        Assert.Equal((null, "h1:1", false), (server.Server, server.Address, server.IsReachable));
    }

    [Fact]
    public void A_server_of_another_cluster_is_reported_with_its_words()
    {
        Ask();
        _collector.Tell(new ClientRefused(N1.Id, "n1 serves cluster 'billing'.", IsFinal: true), N1.Door.Ref);

        Assert.Equal("n1 serves cluster 'billing'.", Assert.Single(Status().Servers).Problem);
    }

    [Fact]
    public void A_server_that_is_behind_does_not_bring_back_where_it_was()
    {
        Ask();
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1) with { MembersIndex = new(7) });
        Answer(N3, ServerRole.Follower, View(term: 5, leader: N1) with { MembersIndex = new(7) });
        Answer(N2, ServerRole.Follower, View(term: 5, leader: N1) with { Members = [new MemberAddress(N2.Id, "old:1")] });

        Assert.Equal([N1.Address, N2.Address, N3.Address], Status().Servers.Select(server => server.Address));
    }

    [Fact]
    public void A_server_that_answers_twice_counts_once()
    {
        Ask();
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Answer(N1, ServerRole.Leader, View(term: 5, leader: N1));
        Pass(Seconds(2));

        Assert.False(Status().HasQuorum);
    }

    [Fact]
    public void Members_that_the_client_knows_are_asked_at_once()
    {
        StartClientWithLeader();
        foreach (var server in Servers) server.IgnoresQuestions();
        Client.Tell(_call, Akka.Actor.ActorRefs.NoSender);

        foreach (var server in Servers) server.Door.ExpectMsg<AskStatus>();
    }

    [Fact]
    public void A_stopping_client_leaves_nobody_waiting_for_a_status()
    {
        StartClientWithLeader();
        Client.Tell(_call, Akka.Actor.ActorRefs.NoSender);
        Client.Tell(StopClient.Instance, Akka.Actor.ActorRefs.NoSender);

        Assert.IsType<QueryFailedException>(_call.Outcome.Exception!.InnerException);
    }

    private Akka.Actor.IActorRef _collector = Akka.Actor.ActorRefs.Nobody;

    private void Ask() => _collector = Start(StatusCollector.Props(_call, Settings, this, []), "collector");

    private void Answer(PlayedServer server, ServerRole role, ClusterView view) => _collector.Tell(
        new ServerStatus(server.Id, role, view, new LogIndex(9), new LogIndex(8), new LogIndex(7)),
        server.Door.Ref);

    private ClusterStatus Status()
    {
        Assert.True(_call.Outcome.IsCompletedSuccessfully, "the status is not complete");
        return _call.Outcome.Result;
    }
}
