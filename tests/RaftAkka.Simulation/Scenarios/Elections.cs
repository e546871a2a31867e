using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Worlds;
using Xunit;

namespace RaftAkka.Simulation.Scenarios;

public sealed class Elections
{
    // The votes that make it leader, its own durable vote, and commands of clients who think that it leads already:
    // all of it waits in its mailbox, and is handled in any order that a seed can think of.
    [Fact]
    public void Commands_that_wait_while_an_election_is_won_are_taken_by_the_new_leader_or_go_to_the_next()
    {
        string[] users = ["ann", "bea", "cid", "dan"];
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var story = Story.WithServers(3, seed);
            foreach (var user in users) story.Puts(user, user);
            var followers = story.Followers;
            story.Leader.Kill("for an election");
            foreach (var user in users) story.User(user).Put(user);

            story.RunUntil(() => followers.Any(VotesForItself), "a follower campaigns");
            var candidate = followers.First(VotesForItself);
            candidate.Host!.Pause();
            story.RunFor(Story.Second / 5);
            candidate.Host.Resume();

            story.RunUntil(() => users.All(user => !story.User(user).IsWaiting), "all hear of their puts");
            Assert.All(users, user => Assert.Equal(Outcome.Known, story.User(user).LastOutcome));
            story.EndsWell();

            bool VotesForItself(SimulatedServer server) => story.World.Protocol[server.Id].State.Vote == server.Id;
        }
    }
}
