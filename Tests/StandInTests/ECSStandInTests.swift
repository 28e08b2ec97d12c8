import TestSupport
import Testing

@Suite struct ECSStandInTests {}
