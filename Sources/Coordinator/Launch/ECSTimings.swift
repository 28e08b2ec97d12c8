/// How long the launcher waits for what; seconds.
struct ECSTimings: Sendable {
  /// Until a shard must have been launched.
  var launch = 300.0
  /// Before the second try where there was no room, and where there was no word; later ones wait longer.
  var capacityWait = 10.0
  var retryWait = 1.0
  /// From one DescribeTasks to the next.
  var describe = 5.0
  /// ECS may answer MISSING for a task that it has just launched: it says to wait "a couple of seconds", up to minutes.
  var visible = 120.0
  /// For so long every answer has to have said MISSING.
  var lost = 20.0
  /// ListTasks lags behind RunTask by a moment.
  var listed = 3.0
  /// For an answer of RunTask, the client's own retries included.
  var launchAnswer = 60.0
  /// For one of DescribeTasks, which is asked again soon.
  var describeAnswer = 10.0
  /// For an answer of StopTask: GitHub ends a cancelled job's step after 7.5 s, and there have to be two tries.
  var stopAnswer = 3.0
  /// A RunTask that was under way when its shard was told to stop gets so long before the task is looked for.
  var lateAnswer = 2.0
  /// For tasks to leave by themselves when the run is over.
  var settle = 30.0
  /// Without any answer to DescribeTasks, after which it is said.
  var silence = 60.0
}
