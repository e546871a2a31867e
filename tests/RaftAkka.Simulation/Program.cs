using RaftAkka.Simulation.Judging;
using RaftAkka.Simulation.Runs;

if (args.Contains(JudgeCommand.Verb)) return JudgeCommand.Run(args, Console.Out, Console.Error);
return SimulateCommand.Run(args, Console.Out, Console.Error);
