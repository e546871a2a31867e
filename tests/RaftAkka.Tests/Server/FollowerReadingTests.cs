using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Reads at a follower: it asks the leader for a read index.</summary>
public sealed class FollowerReadingTests : ServerStory
{
    [Fact]
    public void A_follower_asks_its_leader_and_has_its_own_machine_answer()
    {
        FollowsAnn(term: 5, log: [5], commit: 1);
        MachineApplies();

        Cora.Reads(batch: 7);
        var ask = Ann.Hears<AskReadIndex>();
        Assert.Equal(new Term(5), ask.Header.Term);
        Bea.HearsNothing();

        Ann.AnswersReadIndex(term: 5, ask.Id, index: 1);
        var answer = Machine.Hears<AnswerQueries>();
        Assert.Equal((At(1), Cora.Ref, 7L), (answer.At, answer.Reads[0].From, answer.Reads[0].Batch));
        Disk.HearsNothing();
    }

    [Fact]
    public void It_answers_once_it_has_what_the_leader_had()
    {
        FollowsAnn(term: 5, log: [5], commit: 1);
        MachineApplies();
        Cora.Reads(batch: 7);

        Ann.AnswersReadIndex(term: 5, Ann.Hears<AskReadIndex>().Id, index: 2);
        Machine.HearsNothing();

        Ann.Appends(term: 5, Id(1, 5), Entries(2, 5), commit: 2);
        Assert.Equal(At(2), MachineApplies().Entries.Last.Index);
        Assert.Equal(At(2), Machine.Hears<AnswerQueries>().At);
    }

    [Fact]
    public void Everything_that_queued_shares_one_question_and_what_comes_later_waits_for_the_next()
    {
        FollowsAnn(term: 5);
        AllAtOnce(() =>
        {
            Cora.Reads(batch: 1);
            Clem.Reads(batch: 1);
        });
        var first = Assert.IsType<AskReadIndex>(Assert.Single(Ann.HearsAll()));
        Cora.Reads(batch: 2);
        Ann.HearsNothing();

        Ann.AnswersReadIndex(term: 5, first.Id, index: 0);
        Assert.Equal(2, Machine.Hears<AnswerQueries>().Reads.Count);
        var second = Ann.Hears<AskReadIndex>();
        Assert.NotEqual(first.Id, second.Id);

        Ann.AnswersReadIndex(term: 5, first.Id, index: 0);   // The network made a copy, which is older than the read.
        Machine.HearsNothing();
        Ann.AnswersReadIndex(term: 5, second.Id, index: 0);
        Assert.Equal(2, Machine.Hears<AnswerQueries>().Reads[0].Batch);
    }

    [Fact]
    public void After_a_restart_a_late_answer_to_an_old_question_answers_nothing()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        var before = Ann.Hears<AskReadIndex>();

        // The same server, started again: with the numbers of before, the first question would look like this one.
        Incarnation = 1L << 40;
        FollowsAnn(term: 5);
        Cora.Reads(batch: 2);
        Assert.NotEqual(before.Id, Ann.Hears<AskReadIndex>().Id);
        Ann.AnswersReadIndex(term: 5, before.Id, index: 0);

        Machine.HearsNothing();
    }

    [Fact]
    public void A_question_that_got_lost_is_asked_again_and_either_answer_will_do()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        var first = Ann.Hears<AskReadIndex>();
        Cora.Reads(batch: 2);

        Wait(50);
        Ann.HearsNothing();   // It needs no timer: the leader's next word reminds it.
        Ann.Beats(term: 5, previous: Id(0, 0));
        var second = Ann.HearsAll().OfType<AskReadIndex>().Single();

        Ann.AnswersReadIndex(term: 5, first.Id, index: 0);   // Late, not lost.
        Assert.Equal(1, Assert.Single(Machine.Hears<AnswerQueries>().Reads).Batch);
        Ann.AnswersReadIndex(term: 5, second.Id, index: 0);
        Assert.Equal(2, Assert.Single(Machine.Hears<AnswerQueries>().Reads).Batch);
    }

    [Fact]
    public void The_answer_to_a_later_question_answers_the_earlier_ones()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        Ann.HearsAll();
        Wait(50);
        Ann.Beats(term: 5, previous: Id(0, 0));

        Ann.AnswersReadIndex(term: 5, Ann.HearsAll().OfType<AskReadIndex>().Single().Id, index: 0);

        Assert.Equal(1, Assert.Single(Machine.Hears<AnswerQueries>().Reads).Batch);
    }

    [Fact]
    public void While_questions_are_answered_nothing_is_asked_again()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        Ann.AnswersReadIndex(term: 5, Ann.Hears<AskReadIndex>().Id, index: 0);

        Wait(50);
        Ann.Beats(term: 5, previous: Id(0, 0));

        Assert.IsType<AppendAccepted>(Assert.Single(Ann.HearsAll()));
    }

    [Fact]
    public void Reads_whose_leader_is_heard_but_does_not_answer_go_to_another_server()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);

        for (var beat = 0; beat < 11; beat++)
        {
            Wait(50);
            Ann.Beats(term: 5, previous: Id(0, 0));
        }

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Cora.HearsNothing();
    }

    [Fact]
    public void When_the_leader_is_lost_the_reads_that_wait_are_refused()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        Cora.Reads(batch: 2);
        var ask = Ann.Hears<AskReadIndex>();

        Wait(600);
        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Assert.Equal((2, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));

        Ann.AnswersReadIndex(term: 5, ask.Id, index: 0);
        Machine.HearsNothing();
    }

    [Fact]
    public void A_newer_term_refuses_the_reads_that_wait()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);

        Bea.Beats(term: 6, previous: Id(0, 0));

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Cora.HearsNothing();
    }

    [Fact]
    public void Where_the_asked_one_does_not_lead_the_reads_are_refused()
    {
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1);
        var ask = Ann.Hears<AskReadIndex>();
        Cora.Reads(batch: 2);

        Ann.RefusesReadIndex(term: 5, ask.Id);

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Cora.HearsNothing();
        Ann.Hears<AskReadIndex>();   // The second one's turn.
    }

    [Fact]
    public void Who_does_not_lead_refuses_to_give_an_index()
    {
        FollowsAnn(term: 5);

        Bea.AsksForReadIndex(term: 5, id: 300);

        Assert.Equal(new ReadId(300), Bea.Hears<ReadIndexRefused>().Id);
    }

    [Fact]
    public void A_follower_brings_the_round_back_with_each_answer()
    {
        FollowsAnn(term: 5, log: [5]);

        Ann.Appends(term: 5, Id(1, 5), Entries(2, 5), round: 8);
        Ann.HearsNothing();
        Disk.CatchesUp();
        Assert.Equal(new ReadRound(8), Ann.Hears<AppendAccepted>().Round);   // Of the message that it answers.

        Ann.Appends(term: 5, Id(2, 5), LogSlice.Empty, round: 9);
        Assert.Equal(new ReadRound(9), Ann.Hears<AppendAccepted>().Round);
        Ann.Appends(term: 5, Id(5, 5), LogSlice.Empty, round: 10);
        Assert.Equal(new ReadRound(10), Ann.Hears<AppendRejected>().Round);
    }

    [Fact]
    public void More_bytes_of_queries_than_may_wait_are_refused_as_busy()
    {
        Settings = Settings with { ReadsWaitingBytesMax = 100 };
        FollowsAnn(term: 5);
        Cora.Reads(batch: 1, bytes: 100);

        Clem.Reads(batch: 1);

        Assert.Equal((1, RefusalReason.Busy), Refusal(Clem.Hears<ProposalRefused>()));
    }
}
