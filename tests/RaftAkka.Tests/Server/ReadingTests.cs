using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>Reads at a leader: ReadIndex (dissertation §6.4).</summary>
public sealed class ReadingTests : ServerStory
{
    [Fact]
    public void A_read_is_answered_once_a_majority_says_that_nobody_else_leads_and_leaves_nothing_in_the_log()
    {
        LeadsInHarmony(term: 5);

        Cora.Reads(batch: 7);
        Machine.HearsNothing();
        Assert.Equal((0, 1), Round(Ann.Hears<AppendEntries>()));   // At once: it waits for no timer.
        Assert.Equal((0, 1), Round(Bea.Hears<AppendEntries>()));

        Ann.Accepts(term: 5, matched: 1, round: 1);
        var read = Assert.Single(MachineAnswers(at: 1));
        Assert.Equal((Cora.Ref, 7), (read.From, read.Batch));
        Disk.HearsNothing();
    }

    [Fact]
    public void A_single_server_confirms_at_once()
    {
        LeadsAlone();

        Cora.Reads(batch: 7);

        Assert.Single(MachineAnswers(at: 1));
    }

    [Fact]
    public void Of_five_two_more_than_the_leader_have_to_answer()
    {
        LeadsInHarmony(term: 5, servers: 5);
        Cora.Reads(batch: 7);

        Ann.Accepts(term: 5, matched: 1, round: 1);
        Ann.Accepts(term: 5, matched: 1, round: 1);   // One who says it twice is not two.
        Machine.HearsNothing();

        Bea.Accepts(term: 5, matched: 1, round: 1);
        MachineAnswers(at: 1);
    }

    [Fact]
    public void Everything_that_queued_shares_one_round()
    {
        LeadsInHarmony(term: 5);

        AllAtOnce(() =>
        {
            Cora.Reads(batch: 1);
            Clem.Reads(batch: 1);
            Bea.AsksForReadIndex(term: 5, id: 300);
            Cora.Reads(batch: 2);
        });

        Assert.Single(Ann.HearsAll());
        Bea.HearsAll();
        Ann.Accepts(term: 5, matched: 1, round: 1);
        Assert.Equal([(Cora.Ref, 1), (Clem.Ref, 1), (Cora.Ref, 2)],
            MachineAnswers(at: 1).Select(read => (read.From, (int)read.Batch)));
        Assert.Equal((new ReadId(300), At(1)), Bea.Hears<ReadIndexReply>() is var reply ? (reply.Id, reply.Index) : default);
    }

    [Fact]
    public void A_round_that_began_before_a_read_came_does_not_confirm_it()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        Cora.Reads(batch: 2);   // Ann may have voted for Bea by now, after her answer to round 1 left.
        Assert.Equal((0, 1), Round(Assert.IsType<AppendEntries>(Assert.Single(Ann.HearsAll()))));

        Ann.Accepts(term: 5, matched: 1, round: 1);
        Assert.Equal(1, Assert.Single(MachineAnswers(at: 1)).Batch);
        Assert.Equal((0, 2), Round(Ann.Hears<AppendEntries>()));   // The next one, at once.

        Bea.Accepts(term: 5, matched: 1, round: 1);   // Late.
        Machine.HearsNothing();
        Bea.Accepts(term: 5, matched: 1, round: 2);
        Assert.Equal(2, Assert.Single(MachineAnswers(at: 1)).Batch);
    }

    [Fact]
    public void A_late_answer_takes_nothing_back()
    {
        LeadsInHarmony(term: 5, servers: 5);
        Cora.Reads(batch: 1);
        Ann.Accepts(term: 5, matched: 1, round: 1);
        Bea.Accepts(term: 5, matched: 1, round: 1);
        MachineAnswers(at: 1);
        Cora.Reads(batch: 2);

        Ann.Accepts(term: 5, matched: 1, round: 2);
        Ann.Accepts(term: 5, matched: 1, round: 1);   // Overtaken on the way.
        Bea.Accepts(term: 5, matched: 1, round: 2);

        MachineAnswers(at: 1);
    }

    [Fact]
    public void A_repeated_answer_answers_nobody_twice()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        Ann.Accepts(term: 5, matched: 1, round: 1);
        MachineAnswers(at: 1);

        Ann.Accepts(term: 5, matched: 1, round: 1);
        Bea.Accepts(term: 5, matched: 1, round: 1);

        Machine.HearsNothing();
    }

    [Fact]
    public void A_follower_that_rejects_entries_confirms_all_the_same()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);

        Ann.Rejects(term: 5, rejected: Id(1, 5), conflict: Id(1, 0), round: 1);

        MachineAnswers(at: 1);
    }

    [Fact]
    public void Answers_to_the_rounds_of_an_earlier_term_confirm_none_of_this_one()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        Ann.Accepts(term: 5, matched: 1, round: 1);
        MachineAnswers(at: 1);

        // Sam is deposed, and elected again in term 7: its rounds begin with number 1 again.
        Ann.Beats(term: 6, previous: Id(1, 5), commit: 1);
        LeadsAgain(term: 7);
        foreach (var peer in Peers) peer.Accepts(term: 7, matched: 2);
        MachineApplies();
        Cora.Reads(batch: 2);
        Assert.Equal((0, 1), Round(Ann.HearsAll().OfType<AppendEntries>().Last()));

        Ann.Accepts(term: 5, matched: 1, round: 1);
        Machine.HearsNothing();
        Ann.Accepts(term: 7, matched: 2, round: 1);
        MachineAnswers(at: 2);
    }

    [Fact]
    public void Who_turns_down_a_message_of_an_earlier_term_confirms_no_round_of_this_one()
    {
        FollowsAnn(term: 7, log: [5]);

        // Bea led term 5. If she leads term 7 by now, a round of term 5 must not look like one of term 7.
        Bea.Appends(term: 5, Id(1, 5), LogSlice.Empty, round: 40);

        var rejected = Bea.Hears<AppendRejected>();
        Assert.Equal((new Term(7), ReadRound.None), (rejected.Header.Term, rejected.Round));
    }

    [Fact]
    public void Before_an_entry_of_its_own_term_is_committed_a_leader_holds_reads_back()
    {
        Leads(term: 5, log: [3, 4]);   // Whether entry 2 was committed, and acknowledged to somebody, it cannot know.

        Cora.Reads(batch: 7);
        Ann.HearsNothing();
        Ann.Accepts(term: 5, matched: 2, round: 0);
        Machine.HearsNothing();

        Ann.Accepts(term: 5, matched: 3);
        Assert.Equal(At(3), MachineApplies().Entries.Last.Index);
        Assert.Equal((0, 1), Round(Ann.HearsAll().OfType<AppendEntries>().Last()));
        Ann.Accepts(term: 5, matched: 3, round: 1);
        Assert.Equal(7, Assert.Single(MachineAnswers(at: 3)).Batch);
    }

    [Fact]
    public void A_read_reflects_what_is_committed_when_it_comes()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(batch: 1, "a");
        Cora.Proposes(batch: 2, "b");
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 2);

        Clem.Reads(batch: 1);
        Ann.Accepts(term: 5, matched: 3, round: 1);

        Assert.Equal(At(2), MachineApplies().Entries.Last.Index);
        Assert.Equal(At(3), MachineApplies().Entries.Last.Index);
        MachineAnswers(at: 2);   // Entry 3 was not acknowledged to anyone when the read came.
    }

    [Fact]
    public void Entries_that_go_out_anyway_carry_the_round()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        ForgetAllThatWasSaid();   // Say that the round's own message is lost.
        Disk.HearsNothing();

        Cora.Proposes(batch: 2, "a");
        Assert.Equal((1, 1), Round(Ann.Hears<AppendEntries>()));
    }

    [Fact]
    public void A_round_that_got_lost_is_followed_by_another_for_all_that_wait_by_then()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        Cora.Reads(batch: 2);
        ForgetAllThatWasSaid();

        Wait(100);
        Assert.Equal(2, Round(Ann.HearsAll().OfType<AppendEntries>().First()).Round);
        Ann.Accepts(term: 5, matched: 1, round: 2);   // And so the first one is confirmed, too.

        Assert.Equal(1, Assert.Single(MachineAnswers(at: 1)).Batch);
        Assert.Equal(2, Assert.Single(MachineAnswers(at: 1)).Batch);
    }

    [Fact]
    public void A_leader_that_is_deposed_refuses_the_reads_that_wait_and_says_who_leads()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);
        Cora.Reads(batch: 2);
        Bea.AsksForReadIndex(term: 5, id: 300);
        ForgetAllThatWasSaid();

        Ann.Beats(term: 6, previous: Id(1, 5));

        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Assert.Equal((2, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
        Assert.Equal(new ReadId(300), Bea.Hears<ReadIndexRefused>().Id);
        Bea.Accepts(term: 5, matched: 1, round: 1);   // Too late.
        Machine.HearsNothing();
    }

    [Fact]
    public void A_leader_that_hears_no_majority_refuses_the_reads_that_wait()
    {
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1);

        Wait(600);

        Assert.Equal(ServerRole.Follower, Role().Role);
        Assert.Equal((1, RefusalReason.NotLeader), Refusal(Cora.Hears<ProposalRefused>()));
    }

    [Fact]
    public void A_read_that_was_confirmed_is_answered_whoever_leads_by_then()
    {
        LeadsInHarmony(term: 5);
        FillsTheFeed(out var last);
        Clem.Reads(batch: 9);
        Ann.Accepts(term: 5, matched: last, round: 1);
        Assert.DoesNotContain(Machine.HearsAll(), message => message is AnswerQueries);   // Behind what it must reflect.

        Bea.Beats(term: 6, previous: Id(last, 5), commit: last);
        Clem.HearsNothing();
        Machine.Says(new Applied(new LogIndex(last - 1)));

        Assert.Contains(Machine.HearsAll(), message => message is AnswerQueries { At.Value: var at } && at == last);
    }

    [Fact]
    public void An_answer_to_a_round_that_never_began_is_ignored()
    {
        LeadsInHarmony(term: 5);

        Ann.Accepts(term: 5, matched: 1, round: 3);
        Cora.Reads(batch: 1);

        Machine.HearsNothing();   // Round 1 is to be answered after it began.
    }

    [Fact]
    public void More_bytes_of_queries_than_may_wait_are_refused_as_busy_until_some_are_answered()
    {
        Settings = Settings with { ReadsWaitingBytesMax = 100 };
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1, bytes: 100);

        Clem.Reads(batch: 1);
        var refused = Clem.Hears<ProposalRefused>();
        Assert.Equal((1, RefusalReason.Busy), Refusal(refused));
        Assert.Contains("100 bytes of queries wait", refused.Facts, StringComparison.Ordinal);

        Ann.Accepts(term: 5, matched: 1, round: 1);
        var answer = Machine.Hears<AnswerQueries>();
        Clem.Reads(batch: 2);
        Assert.Equal(RefusalReason.Busy, Clem.Hears<ProposalRefused>().Reason);   // They wait at the machine still.

        answer.Quota.Return(answer.Reads[0].Payload.Length);
        Clem.Reads(batch: 3);
        Clem.HearsNothing();
    }

    [Fact]
    public void Reads_that_were_refused_make_room()
    {
        Settings = Settings with { ReadsWaitingBytesMax = 100 };
        LeadsInHarmony(term: 5);
        Cora.Reads(batch: 1, bytes: 100);
        Ann.Beats(term: 6, previous: Id(1, 5));
        Cora.HearsAll();

        Cora.Reads(batch: 2);

        Cora.HearsNothing();   // It waits for Ann, who leads now.
    }

    // More than the machine is given at a time: the last entry is committed, and waits for the machine.
    private void FillsTheFeed(out int last)
    {
        var large = new string('x', 1000 * 1000);
        for (var batch = 1; batch <= 6; batch++) Cora.Proposes(batch, large);
        Disk.CatchesUp();
        last = 7;
        Ann.Accepts(term: 5, matched: last);
        Assert.Equal(At(last), Status().CommitIndex);
        ForgetAllThatWasSaid();
    }

    private void LeadsAgain(int term)
    {
        WaitUntil(ServerRole.PreCandidate);
        Ann.PreVotes(term);
        Disk.CatchesUp();
        Ann.Votes(term);
        Disk.CatchesUp();
        Assert.Equal((ServerRole.Leader, term), Role());
        ForgetAllThatWasSaid();
    }

    private void LeadsAlone()
    {
        Follows(term: 4, servers: 1);
        Disk.CatchesUp();
        Disk.CatchesUp();
        Assert.Equal(At(1), MachineApplies().Entries.Last.Index);
        Assert.Equal(ServerRole.Leader, Status().Role);
    }

    private IReadOnlyList<QueuedRead> MachineAnswers(int at)
    {
        var answer = Machine.Hears<AnswerQueries>();
        Assert.Equal(At(at), answer.At);
        return answer.Reads;
    }

    private static (int Entries, long Round) Round(AppendEntries append) => (append.Entries.Count, append.Round.Value);
}
